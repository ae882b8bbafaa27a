// Put before every source (CMakeLists.txt): functions that glibc moved from libpthread to libc, which gave them new
// versions (2.32, 2.34), are asked for by their first ones, which every glibc has. So the library loads on systems of
// V1's time, whatever it was built on; where they are still in libpthread, that is named as needed. Other architectures
// keep what they are built with.
#pragma once

#if defined(__x86_64__)
#define FESCUE_FIRST_GLIBC "GLIBC_2.2.5"
#elif defined(__aarch64__)
#define FESCUE_FIRST_GLIBC "GLIBC_2.17"
#elif defined(__arm__)
#define FESCUE_FIRST_GLIBC "GLIBC_2.4"
#endif

#ifdef FESCUE_FIRST_GLIBC
#define FESCUE_FROM_FIRST_GLIBC(name) __asm__(".symver " #name ", " #name "@" FESCUE_FIRST_GLIBC)
FESCUE_FROM_FIRST_GLIBC(pthread_create);
FESCUE_FROM_FIRST_GLIBC(pthread_detach);
FESCUE_FROM_FIRST_GLIBC(pthread_once);
FESCUE_FROM_FIRST_GLIBC(pthread_sigmask);
#endif
