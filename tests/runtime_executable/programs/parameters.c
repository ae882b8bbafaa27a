/* Every call with what it must refuse. Prints each line that is not as it should be, then "checked". */
#include <stdio.h>
#include <string.h>

#include "greengrasssdk.h"

#define EXPECT(call, wanted)                                                        \
    do {                                                                            \
        gg_error got = (call);                                                      \
        if (got != (wanted)) printf("line %d: %s is %d\n", __LINE__, #call, got);   \
    } while (0)

#define ARN "arn:aws:lambda:us-west-2:123456789012:function:other"

static gg_error invoke(gg_request request, const char *arn, const char *qualifier, const char *context, int type) {
    gg_request_result result;
    gg_invoke_options options;
    memset(&options, 0, sizeof options);
    options.function_arn = arn;
    options.qualifier = qualifier;
    options.customer_context = context;
    options.type = (gg_invoke_type)type;
    return gg_invoke(request, &options, &result);
}

static void before_init(void) {
    gg_request request = NULL;
    EXPECT(gg_log(GG_LOG_INFO, "before init"), GGE_SUCCESS);
    EXPECT(gg_request_init(&request), GGE_INVALID_STATE);
    EXPECT(gg_runtime_start((gg_lambda_handler)(void *)before_init, 0), GGE_INVALID_STATE);
    EXPECT(gg_global_init(1), GGE_INVALID_PARAMETER);
}

static void publishing(gg_request request) {
    gg_request_result result;
    gg_publish_options options = NULL;
    EXPECT(gg_publish(NULL, "t", "x", 1, &result), GGE_INVALID_PARAMETER);
    EXPECT(gg_publish(request, NULL, "x", 1, &result), GGE_INVALID_PARAMETER);
    EXPECT(gg_publish(request, "", "x", 1, &result), GGE_INVALID_PARAMETER);
    EXPECT(gg_publish(request, "t", NULL, 1, &result), GGE_INVALID_PARAMETER);
    EXPECT(gg_publish(request, "t", "x", 1, NULL), GGE_INVALID_PARAMETER);
    EXPECT(gg_publish_options_init(NULL), GGE_INVALID_PARAMETER);
    EXPECT(gg_publish_options_init(&options), GGE_SUCCESS);
    EXPECT(gg_publish_options_set_queue_full_policy(options, GG_QUEUE_FULL_POLICY_RESERVED_MAX), GGE_INVALID_PARAMETER);
    EXPECT(gg_publish_options_set_queue_full_policy(NULL, GG_QUEUE_FULL_POLICY_BEST_EFFORT), GGE_INVALID_PARAMETER);
    EXPECT(gg_publish_options_free(options), GGE_SUCCESS);
    EXPECT(gg_publish_options_free(NULL), GGE_SUCCESS);
}

static void invoking(gg_request request) {
    gg_request_result result;
    EXPECT(gg_invoke(request, NULL, &result), GGE_INVALID_PARAMETER);
    EXPECT(invoke(NULL, ARN, "1", NULL, 1), GGE_INVALID_PARAMETER);
    EXPECT(invoke(request, NULL, "1", NULL, 1), GGE_INVALID_PARAMETER);
    EXPECT(invoke(request, "other", "1", NULL, 1), GGE_INVALID_PARAMETER);
    EXPECT(invoke(request, ARN ":1:2", NULL, NULL, 1), GGE_INVALID_PARAMETER);
    EXPECT(invoke(request, ARN ":1", "2", NULL, 1), GGE_INVALID_PARAMETER);
    EXPECT(invoke(request, ARN, "1\r\nX: y", NULL, 1), GGE_INVALID_PARAMETER);
    EXPECT(invoke(request, ARN "/work", NULL, NULL, 1), GGE_INVALID_PARAMETER);
    EXPECT(invoke(request, ARN " HTTP/1.1", NULL, NULL, 1), GGE_INVALID_PARAMETER);
    EXPECT(invoke(request, ARN, "1", "no base64", 1), GGE_INVALID_PARAMETER);
    EXPECT(invoke(request, ARN, "1", "YQ=", 1), GGE_INVALID_PARAMETER);
    EXPECT(invoke(request, ARN, "1", NULL, 2), GGE_INVALID_PARAMETER);
}

static void the_rest(gg_request request) {
    gg_request_result result;
    char byte;
    size_t amount = 9;
    EXPECT(gg_request_init(NULL), GGE_INVALID_PARAMETER);
    EXPECT(gg_request_close(NULL), GGE_SUCCESS);
    EXPECT(gg_request_reuse(NULL), GGE_INVALID_PARAMETER);
    EXPECT(gg_request_read(NULL, &byte, 1, &amount), GGE_INVALID_PARAMETER);
    EXPECT(gg_request_read(request, NULL, 1, &amount), GGE_INVALID_PARAMETER);
    EXPECT(gg_request_read(request, &byte, 1, NULL), GGE_INVALID_PARAMETER);
    EXPECT(gg_request_read(request, &byte, 1, &amount), GGE_SUCCESS);
    if (amount != 0) printf("there was something to read\n");
    EXPECT(gg_get_thing_shadow(request, NULL, &result), GGE_INVALID_PARAMETER);
    EXPECT(gg_get_thing_shadow(request, "", &result), GGE_INVALID_PARAMETER);
    EXPECT(gg_update_thing_shadow(request, "thing", NULL, &result), GGE_INVALID_PARAMETER);
    EXPECT(gg_delete_thing_shadow(request, "thing", NULL), GGE_INVALID_PARAMETER);
    EXPECT(gg_get_secret_value(request, NULL, NULL, NULL, &result), GGE_INVALID_PARAMETER);
    EXPECT(gg_lambda_handler_read(&byte, 1, &amount), GGE_INVALID_STATE);
    EXPECT(gg_lambda_handler_write_response("x", 1), GGE_INVALID_STATE);
    EXPECT(gg_lambda_handler_write_error("x"), GGE_INVALID_STATE);
    EXPECT(gg_lambda_handler_write_error(NULL), GGE_INVALID_PARAMETER);
    EXPECT(gg_log(GG_LOG_RESERVED_NOTSET, "x"), GGE_INVALID_PARAMETER);
    EXPECT(gg_log(GG_LOG_RESERVED_MAX, "x"), GGE_INVALID_PARAMETER);
    EXPECT(gg_log(GG_LOG_INFO, NULL), GGE_INVALID_PARAMETER);
    EXPECT(gg_runtime_start(NULL, 0), GGE_INVALID_PARAMETER);
    EXPECT(gg_runtime_start((gg_lambda_handler)(void *)before_init, 2), GGE_INVALID_PARAMETER);
}

int main(void) {
    gg_request request = NULL;
    before_init();
    EXPECT(gg_global_init(0), GGE_SUCCESS);
    EXPECT(gg_global_init(0), GGE_SUCCESS);
    EXPECT(gg_request_init(&request), GGE_SUCCESS);
    publishing(request);
    invoking(request);
    the_rest(request);
    EXPECT(gg_request_close(request), GGE_SUCCESS);
    printf("checked\n");
    return 0;
}
