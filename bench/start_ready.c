/* The smallest function: says that it is ready, and ends. */
#include <unistd.h>

int main(void) { return write(1, "r", 1) == 1 ? 0 : 1; }
