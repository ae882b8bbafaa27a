/*
 * The Core SDK for C and C++ functions ("Lambda executables"), source- and binary-compatible with version 1.2 of the
 * official one. A program is linked with the stub library of this folder; on a core it gets the real one.
 *
 *     void handler(const gg_lambda_context *context) { ... gg_lambda_handler_read(...) ... }
 *
 *     int main(void) {
 *         if (gg_global_init(0) != GGE_SUCCESS) return 1;
 *         gg_runtime_start(handler, 0);
 *         return 0;
 *     }
 *
 * Two results must be looked at. The function's value says whether the SDK could do its part. The request_status says
 * what came of it on the other side, and counts only when the value is GGE_SUCCESS.
 *
 * All strings end with a NUL and are only read during the call. Payloads are bytes: encode them as you like.
 * Functions that take a gg_request block until there is an answer; any thread may call them, each with a gg_request of
 * its own.
 */
#ifndef _GREENGRASS_SDK_H_
#define _GREENGRASS_SDK_H_

#include <stdint.h>
#include <stdlib.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a function of the SDK returns. */
typedef enum gg_error {
    GGE_SUCCESS = 0,
    GGE_OUT_OF_MEMORY = 1,
    GGE_INVALID_PARAMETER = 2, /* a NULL, an unknown constant, a malformed ARN ... */
    GGE_INVALID_STATE = 3,     /* not now, or not from this thread */
    GGE_INTERNAL_FAILURE = 4,  /* the core cannot be reached; the log says more */
    GGE_TERMINATE = 5,         /* the process was told to stop (SIGTERM) */

    GGE_RESERVED_MAX = 6,      /* what every function of the stub library returns */
    GGE_RESERVED_PAD = 0x7FFFFFFF
} gg_error;

/* What came of a request on the other side. */
typedef enum gg_request_status {
    GG_REQUEST_SUCCESS = 0,
    GG_REQUEST_HANDLED = 1,   /* the function, or the service, answered with an error; the error is the payload */
    GG_REQUEST_UNHANDLED = 2, /* the function died or ran out of time; the payload says how */
    GG_REQUEST_UNKNOWN = 3,   /* the core refused; the payload and the log say why */
    GG_REQUEST_AGAIN = 4,     /* a queue is full: try again later */

    GG_REQUEST_RESERVED_MAX = 5,
    GG_REQUEST_RESERVED_PAD = 0x7FFFFFFF
} gg_request_status;

typedef struct gg_request_result {
    gg_request_status request_status;
} gg_request_result;

/* A request and its answer. One after another, a handle serves any number of requests; each forgets the last answer. */
typedef struct _gg_request *gg_request;

/* What a handler is told; valid until it returns. */
typedef struct gg_lambda_context {
    const char *function_arn;   /* of this function, with its version */
    const char *client_context; /* JSON: {"custom":{"subject":"the/topic"}} for messages; "" when there is none */
} gg_lambda_context;

typedef enum gg_invoke_type {
    GG_INVOKE_EVENT = 0,            /* returns as soon as the core has taken it */
    GG_INVOKE_REQUEST_RESPONSE = 1, /* waits for the result */

    GG_INVOKE_RESERVED_MAX = 2,
    GG_INVOKE_RESERVED_PAD = 0x7FFFFFFF
} gg_invoke_type;

typedef struct gg_invoke_options {
    const char *function_arn;     /* with its version, unless `qualifier` has it */
    const char *customer_context; /* base64 of JSON, {"custom":{...}}; or NULL */
    const char *qualifier;        /* the version; or NULL */
    gg_invoke_type type;
    const void *payload;          /* or NULL, if the size is 0 */
    size_t payload_size;
} gg_invoke_options;

/* Flags of gg_runtime_start(). */
typedef enum gg_runtime_opt {
    GG_RT_OPT_ASYNC = 0x1, /* handle events in a new thread and return */
    GG_RT_OPT_RESERVED_PAD = 0x7FFFFFFF
} gg_runtime_opt;

/* What a publish does when a target's queue is full. */
typedef enum gg_queue_full_policy_options {
    GG_QUEUE_FULL_POLICY_BEST_EFFORT = 0,  /* the other targets get the message; this one does not */
    GG_QUEUE_FULL_POLICY_ALL_OR_ERROR = 1, /* no target gets it: GG_REQUEST_AGAIN */

    GG_QUEUE_FULL_POLICY_RESERVED_MAX = 2,
    GG_QUEUE_FULL_POLICY_RESERVED_PAD = 0x7FFFFFFF
} gg_queue_full_policy_options;

typedef struct _gg_publish_options *gg_publish_options;

typedef enum gg_log_level {
    GG_LOG_RESERVED_NOTSET = 0,
    GG_LOG_DEBUG = 1,
    GG_LOG_INFO = 2,
    GG_LOG_WARN = 3,
    GG_LOG_ERROR = 4,
    GG_LOG_FATAL = 5,

    GG_LOG_RESERVED_MAX = 6,
    GG_LOG_RESERVED_PAD = 0x7FFFFFFF
} gg_log_level;


/* Process -------------------------------------------------------------------------------------------------------- */

/* Comes before every other function of the SDK and before the first thread. `opt` must be 0. */
gg_error gg_global_init(uint32_t opt);

/* Like printf, into the function's log; a newline at the end is not needed. */
gg_error gg_log(gg_log_level level, const char *format, ...);

/*
 * Takes events one at a time and calls `handler` with each. With `opt` 0 on this thread: it returns only when the
 * process is told to stop (GGE_TERMINATE) or the core is gone (GGE_INTERNAL_FAILURE). With GG_RT_OPT_ASYNC on a new
 * thread: it returns at once, and the process ends when main does.
 *
 * Sets the process's SIGTERM handler, replacing what was there. After SIGTERM calls that wait for the core return
 * GGE_TERMINATE, now and later; with GG_RT_OPT_ASYNC main then has a second to return before the process is ended.
 */
typedef void (*gg_lambda_handler)(const gg_lambda_context *cxt);
gg_error gg_runtime_start(gg_lambda_handler handler, uint32_t opt);

/* Within a handler, on its thread --------------------------------------------------------------------------------- */

/* Copies the next part of the event; *amount_read is 0 when all has been read. */
gg_error gg_lambda_handler_read(void *buffer, size_t buffer_size, size_t *amount_read);

/* Adds to the result; a handler that adds nothing gives an empty one. */
gg_error gg_lambda_handler_write_response(const void *response, size_t response_size);

/* The call has failed: the caller gets this text and GG_REQUEST_HANDLED, whatever was written as response. */
gg_error gg_lambda_handler_write_error(const char *error_message);

/* Requests -------------------------------------------------------------------------------------------------------- */

gg_error gg_request_init(gg_request *ggreq);
/* Forgets the last answer. (Exported by V1's library, not declared in its header; requests do this by themselves.) */
gg_error gg_request_reuse(gg_request ggreq);
/* NULL is allowed. */
gg_error gg_request_close(gg_request ggreq);
/* Copies the next part of the answer; *amount_read is 0 when all has been read. */
gg_error gg_request_read(gg_request ggreq, void *buffer, size_t buffer_size, size_t *amount_read);

/* Runs another function of the group. */
gg_error gg_invoke(gg_request ggreq, const gg_invoke_options *opts, gg_request_result *result);

/* Publishes to the targets that the group's subscriptions name for this function and topic; as with NULL options. */
gg_error gg_publish(gg_request ggreq, const char *topic, const void *payload, size_t payload_size,
                    gg_request_result *result);
/* `opts` may be NULL: best effort. */
gg_error gg_publish_with_options(gg_request ggreq, const char *topic, const void *payload, size_t payload_size,
                                 const gg_publish_options opts, gg_request_result *result);
gg_error gg_publish_options_init(gg_publish_options *opts);
/* NULL is allowed. */
gg_error gg_publish_options_free(gg_publish_options opts);
gg_error gg_publish_options_set_queue_full_policy(gg_publish_options opts, gg_queue_full_policy_options policy);

/* The answer is the shadow's document, or {"code":...,"message":...} with GG_REQUEST_HANDLED. */
gg_error gg_get_thing_shadow(gg_request ggreq, const char *thing_name, gg_request_result *result);
gg_error gg_update_thing_shadow(gg_request ggreq, const char *thing_name, const char *update_payload,
                                gg_request_result *result);
gg_error gg_delete_thing_shadow(gg_request ggreq, const char *thing_name, gg_request_result *result);

/*
 * The answer is {"ARN":...,"SecretString":...}, or {"Status":...,"Message":...} with GG_REQUEST_HANDLED. Version and
 * stage may be NULL.
 */
gg_error gg_get_secret_value(gg_request ggreq, const char *secret_id, const char *version_id,
                             const char *version_stage, gg_request_result *result);

#ifdef __cplusplus
}
#endif

#endif
