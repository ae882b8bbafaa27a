// The calls that a worker was refused, as its exit tells them.
#include "sandbox/seccomp/denied_calls.h"

#include <sys/syscall.h>

#include "sandbox/container/container_test_support.h"

namespace fescue {
namespace {

class DeniedCallsTest : public ContainerTest {
 protected:
  /// Python that has `call(number, ...)`, which gives the error's number.
  WorkerSpec python(const std::string& code) {
    auto spec = inside(next_id++, "");
    spec.program = "/usr/bin/python3";
    spec.arguments = {"python3", "-c",
                      "import ctypes, os, sys\nlibc = ctypes.CDLL(None, use_errno=True)\n"
                      "def call(*numbers):\n"
                      "    ctypes.set_errno(0)\n"
                      "    libc.syscall(*[ctypes.c_long(n) for n in numbers])\n"
                      "    return ctypes.get_errno()\n" +
                          code};
    return spec;
  }
  static std::string text(long number) { return std::to_string(number); }
};

TEST_F(DeniedCallsTest, TheLastCallThatWasRefusedIsInTheExit) {
  const auto said =
      core.output_of(python("print(call(" + text(SYS_mount) + "), call(" + text(SYS_ptrace) + "))\n" + "sys.exit(3)"));
  EXPECT_EQ(said, "1 1\n");
  EXPECT_EQ(core.exit().refused_call, SYS_ptrace);
  EXPECT_EQ(describe(core.exit()), "exit status 3 (it was refused the system call ptrace)");
}

TEST_F(DeniedCallsTest, ARefusedCallOfAThreadOrAChildIsInTheExit) {
  core.output_of(python("import threading\nthread = threading.Thread(target=call, args=(" + text(SYS_keyctl) +
                        ", 0))\nthread.start()\nthread.join()"));
  EXPECT_EQ(core.exit().refused_call, SYS_keyctl);
  core.output_of(python("child = os.fork()\nif child == 0: call(" + text(SYS_bpf) + ")\nelse: os.wait()"));
  EXPECT_EQ(core.exit().refused_call, SYS_bpf);
  EXPECT_EQ(describe(core.exit()), "exit status 0");
}

TEST_F(DeniedCallsTest, CallsOfOrdinaryProgramsAreNotRefused) {
  core.output_of(python("import json, ssl, socket, subprocess, threading\nsubprocess.run(['/bin/ls', '/'])"));
  EXPECT_EQ(core.exit().refused_call, kNoCall);
  EXPECT_EQ(core.exit().exit_code, 0);
}

TEST_F(DeniedCallsTest, BeyondAMaximumTheKernelRefusesByItself) {
  const std::string flood = "answers = [call(" + text(SYS_mount) + ") for _ in range(" + text(kMaxDeniedCallsAnswered) +
                            " + 1000)]\nprint(answers.count(1), answers.count(38), len(answers))";
  EXPECT_EQ(core.output_of(python(flood)),
            text(kMaxDeniedCallsAnswered) + " 1000 " + text(kMaxDeniedCallsAnswered + 1000) + "\n");
  EXPECT_EQ(core.exit().refused_call, SYS_mount);
}

TEST_F(DeniedCallsTest, AWorkerCannotInstallAListener) {
  // SECCOMP_SET_MODE_FILTER with SECCOMP_FILTER_FLAG_NEW_LISTENER and a filter that allows everything: EBUSY, for a
  // listener is there.
  EXPECT_EQ(core.output_of(python("allow = ctypes.create_string_buffer(bytes.fromhex('060000000000ff7f'))\n"
                                  "import struct\n"
                                  "form = ctypes.create_string_buffer(struct.pack('HxxxxxxQ', 1, "
                                  "ctypes.addressof(allow)))\n"
                                  "print(call(" +
                                  text(SYS_seccomp) + ", 1, 8, ctypes.addressof(form)))")),
            "16\n");
}

TEST_F(DeniedCallsTest, CallsAreRefusedWithoutListenersToo) {
  TestCore silent({.core_uid = 54300, .core_gid = 54301, .without = {"listeners"}});
  EXPECT_EQ(silent.output_of(python("print(call(" + text(SYS_mount) + "))\nsys.exit(3)")), "1\n");
  EXPECT_EQ(silent.exit().refused_call, kNoCall);
  EXPECT_EQ(describe(silent.exit()), "exit status 3");
}

}  // namespace
}  // namespace fescue
