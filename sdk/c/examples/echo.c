/* Answers each event with the same bytes; an event of more than 1000 bytes fails. */
#include <greengrasssdk.h>

static void handler(const gg_lambda_context *context) {
    char event[1000 + 1];
    size_t size = 0, amount = 0;

    /* The event comes in parts, until there is nothing left. */
    do {
        if (gg_lambda_handler_read(event + size, sizeof event - size, &amount) != GGE_SUCCESS) return;
        size += amount;
    } while (amount > 0);

    if (size == sizeof event) {
        gg_lambda_handler_write_error("an event of more than 1000 bytes");
        return;
    }
    gg_log(GG_LOG_INFO, "%lu bytes with the context %s", (unsigned long)size, context->client_context);
    gg_lambda_handler_write_response(event, size);
}

int main(void) {
    if (gg_global_init(0) != GGE_SUCCESS) return 1;
    return gg_runtime_start(handler, 0) == GGE_TERMINATE ? 0 : 1;
}
