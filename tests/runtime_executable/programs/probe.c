/*
 * The function that most tests run. An event is "COMMAND\nARGUMENT\n...": what it does and answers is below, by command.
 * An argument "-" is NULL. Requests answer "<gg_error> <status>\n<body>".
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "greengrasssdk.h"

#define MAX_EVENT (1024 * 1024)

static char event[MAX_EVENT + 1];
static size_t event_size;
static char *cursor;
static int events;

static const char *next_argument(void) {
    char *begin = cursor, *end = memchr(cursor, '\n', (size_t)(event + event_size - cursor));
    cursor = end ? end + 1 : event + event_size;
    if (end) *end = '\0';
    return strcmp(begin, "-") == 0 ? NULL : begin;
}

static const char *rest(size_t *size) {
    *size = (size_t)(event + event_size - cursor);
    return cursor;
}

static void answer(const char *text) { gg_lambda_handler_write_response(text, strlen(text)); }

static void answer_numbers(int first, int second) {
    char text[40];
    sprintf(text, "%d %d\n", first, second);
    answer(text);
}

static void answer_request(gg_error error, gg_request request, gg_request_result result) {
    char part[777];
    size_t amount = 0;
    answer_numbers(error, result.request_status);
    do {
        if (gg_request_read(request, part, sizeof part, &amount) != GGE_SUCCESS) break;
        gg_lambda_handler_write_response(part, amount);
    } while (amount);
    gg_request_close(request);
}

static void do_publish(void) {
    gg_request request = NULL;
    gg_request_result result = {GG_REQUEST_RESERVED_MAX};
    const char *topic = next_argument(), *policy = next_argument();
    size_t size;
    const char *payload = rest(&size);
    gg_error error;
    gg_request_init(&request);
    if (policy) {
        gg_publish_options options = NULL;
        gg_publish_options_init(&options);
        gg_publish_options_set_queue_full_policy(
            options, *policy == 'a' ? GG_QUEUE_FULL_POLICY_ALL_OR_ERROR : GG_QUEUE_FULL_POLICY_BEST_EFFORT);
        error = gg_publish_with_options(request, topic, payload, size, options, &result);
        gg_publish_options_free(options);
    } else {
        error = gg_publish(request, topic, payload, size, &result);
    }
    answer_request(error, request, result);
}

static void do_invoke(void) {
    gg_request request = NULL;
    gg_request_result result = {GG_REQUEST_RESERVED_MAX};
    gg_invoke_options options;
    memset(&options, 0, sizeof options);
    options.function_arn = next_argument();
    options.qualifier = next_argument();
    options.type = (gg_invoke_type)atoi(next_argument());
    options.customer_context = next_argument();
    options.payload = rest(&options.payload_size);
    gg_request_init(&request);
    answer_request(gg_invoke(request, &options, &result), request, result);
}

static void do_shadow(const char *operation) {
    gg_request request = NULL;
    gg_request_result result = {GG_REQUEST_RESERVED_MAX};
    const char *thing = next_argument();
    gg_error error = GGE_SUCCESS;
    gg_request_init(&request);
    if (strcmp(operation, "get-shadow") == 0) error = gg_get_thing_shadow(request, thing, &result);
    if (strcmp(operation, "update-shadow") == 0) error = gg_update_thing_shadow(request, thing, next_argument(), &result);
    if (strcmp(operation, "delete-shadow") == 0) error = gg_delete_thing_shadow(request, thing, &result);
    answer_request(error, request, result);
}

static void do_secret(void) {
    gg_request request = NULL;
    gg_request_result result = {GG_REQUEST_RESERVED_MAX};
    const char *id = next_argument(), *version = next_argument(), *stage = next_argument();
    gg_request_init(&request);
    answer_request(gg_get_secret_value(request, id, version, stage, &result), request, result);
}

/* One handle for several requests; the second's answer is read in parts that fit exactly. */
static void do_reuse(void) {
    gg_request request = NULL;
    gg_request_result result = {GG_REQUEST_RESERVED_MAX};
    char part[4];
    size_t amount = 0;
    gg_request_init(&request);
    gg_get_thing_shadow(request, "first", &result);
    gg_get_thing_shadow(request, "second", &result);
    gg_request_read(request, part, 4, &amount);
    gg_lambda_handler_write_response(part, amount);
    answer("|");
    gg_request_read(request, part, 0, &amount);
    answer_numbers((int)amount, 0);
    gg_request_reuse(request);
    gg_request_read(request, part, 4, &amount);
    answer_numbers((int)amount, 0);
    gg_request_close(request);
}

static void *publish_many(void *failures) {
    gg_request_result result;
    int i;
    for (i = 0; i < 50; ++i) {
        gg_request request = NULL;
        gg_request_init(&request);
        if (gg_publish(request, "threads", "x", 1, &result) != GGE_SUCCESS || result.request_status) ++*(int *)failures;
        gg_request_close(request);
    }
    return NULL;
}

static void do_threads(void) {
    pthread_t threads[4];
    int failures[4] = {0, 0, 0, 0}, i, sum = 0;
    for (i = 0; i < 4; ++i) pthread_create(&threads[i], NULL, publish_many, &failures[i]);
    for (i = 0; i < 4; ++i) {
        pthread_join(threads[i], NULL);
        sum += failures[i];
    }
    answer_numbers(sum, 0);
}

static void *read_event_elsewhere(void *error) {
    char part[4];
    size_t amount;
    *(gg_error *)error = gg_lambda_handler_read(part, sizeof part, &amount);
    return NULL;
}

static void do_elsewhere(void) {
    pthread_t thread;
    gg_error error = GGE_SUCCESS;
    pthread_create(&thread, NULL, read_event_elsewhere, &error);
    pthread_join(thread, NULL);
    answer_numbers(error, 0);
}

static void do_log(void) {
    const int level = atoi(next_argument());
    size_t size;
    const char *text = rest(&size);
    answer_numbers(gg_log((gg_log_level)level, "%.*s", (int)size, text), 0);
}

static void *log_much(void *letter) {
    static char lines[26][9001];
    char *line = lines[*(char *)letter - 'a'];
    int i;
    memset(line, *(char *)letter, 9000);
    for (i = 0; i < 20; ++i) gg_log(GG_LOG_WARN, "%s", line);
    return NULL;
}

static void do_log_threads(void) {
    pthread_t first, second;
    pthread_create(&first, NULL, log_much, "a");
    pthread_create(&second, NULL, log_much, "b");
    pthread_join(first, NULL);
    pthread_join(second, NULL);
}

/* A child that goes on using the SDK, beside its parent. */
static void do_fork(void) {
    int status = 0;
    gg_request request = NULL;
    gg_request_result result;
    pid_t child;
    gg_request_init(&request);
    gg_publish(request, "parent", "1", 1, &result);
    child = fork();
    if (child == 0) {
        gg_error error = gg_publish(request, "child", "2", 1, &result);
        _exit(error == GGE_SUCCESS && result.request_status == GG_REQUEST_SUCCESS ? 7 : 1);
    }
    waitpid(child, &status, 0);
    gg_publish(request, "parent", "3", 1, &result);
    gg_request_close(request);
    answer_numbers(WEXITSTATUS(status), result.request_status);
}

static void do_child_and_sigterm(void) {
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        kill(getpid(), 15);
        _exit(3);
    }
    waitpid(child, &status, 0);
    answer_numbers(WIFSIGNALED(status), WTERMSIG(status));
}

static void do_command(const char *command, const gg_lambda_context *context) {
    size_t size;
    const char *bytes;
    if (strcmp(command, "echo") == 0) {
        bytes = rest(&size);
        while (size > 1000) {
            gg_lambda_handler_write_response(bytes, 1000);
            bytes += 1000;
            size -= 1000;
        }
        gg_lambda_handler_write_response(bytes, size);
    } else if (strcmp(command, "context") == 0) {
        answer(context->function_arn);
        answer("\n");
        answer(context->client_context);
    } else if (strcmp(command, "count") == 0) {
        answer_numbers(events, (int)getpid());
    } else if (strcmp(command, "error") == 0) {
        answer("a response that does not count");
        gg_lambda_handler_write_error(rest(&size));
    } else if (strcmp(command, "publish") == 0) {
        do_publish();
    } else if (strcmp(command, "invoke") == 0) {
        do_invoke();
    } else if (strstr(command, "-shadow")) {
        do_shadow(command);
    } else if (strcmp(command, "secret") == 0) {
        do_secret();
    } else if (strcmp(command, "reuse") == 0) {
        do_reuse();
    } else if (strcmp(command, "threads") == 0) {
        do_threads();
    } else if (strcmp(command, "elsewhere") == 0) {
        do_elsewhere();
    } else if (strcmp(command, "log") == 0) {
        do_log();
    } else if (strcmp(command, "log-threads") == 0) {
        do_log_threads();
    } else if (strcmp(command, "log-errno") == 0) {
        errno = ENOENT;
        gg_log(GG_LOG_ERROR, "it is: %m");
        answer_numbers(errno == ENOENT, 0);
    } else if (strcmp(command, "print") == 0) {
        printf("printed\nand more\n");
        fprintf(stderr, "complained\n");
    } else if (strcmp(command, "fork") == 0) {
        do_fork();
    } else if (strcmp(command, "child-and-sigterm") == 0) {
        do_child_and_sigterm();
    } else if (strcmp(command, "start-again") == 0) {
        answer_numbers(gg_runtime_start((gg_lambda_handler)0, 0), gg_runtime_start((gg_lambda_handler)(void *)answer, 0));
    } else if (strcmp(command, "come-back-twice") == 0) {
        fork();
    } else if (strcmp(command, "abort") == 0) {
        abort();
    } else if (strcmp(command, "exit") == 0) {
        exit(3);
    } else if (strcmp(command, "nothing") != 0) {
        gg_lambda_handler_write_error("no such command");
    }
}

static void handler(const gg_lambda_context *context) {
    size_t amount = 0;
    event_size = 0;
    do {
        if (gg_lambda_handler_read(event + event_size, MAX_EVENT - event_size, &amount) != GGE_SUCCESS) abort();
        event_size += amount;
    } while (amount);
    event[event_size] = '\0';
    cursor = event;
    ++events;
    do_command(next_argument(), context);
}

int main(void) {
    gg_error error = gg_global_init(0);
    if (error) return 90 + error;
    error = gg_runtime_start(handler, 0);
    printf("gg_runtime_start returned %d\n", error);
    return 80 + error;
}
