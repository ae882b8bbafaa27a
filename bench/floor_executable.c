/* The floor beside executable_function.c: a program that asks for work, and answers each event with the same bytes over the
 * same socket, understanding nothing. usage: floor_executable SOCKET */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int main(int argc, char **argv) {
    static const char get[] = "GET /work HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n";
    static const char post[] = "POST /work HTTP/1.1\r\nHost: localhost\r\nContent-Length: 11\r\n\r\n{\"a\":\"bcd\"}";
    char answer[65536];
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const int peer = socket(AF_UNIX, SOCK_STREAM, 0);
    if (argc != 2) return 2;
    strncpy(address.sun_path, argv[1], sizeof address.sun_path - 1);
    if (connect(peer, (struct sockaddr *)&address, sizeof address) != 0) return 1;
    if (send(peer, get, sizeof get - 1, 0) < 0) return 1;
    while (recv(peer, answer, sizeof answer, 0) > 0) {
        if (send(peer, post, sizeof post - 1, 0) < 0) return 1;
    }
    return 0;
}
