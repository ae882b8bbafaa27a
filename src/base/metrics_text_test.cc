// Names once, labels escaped.
#include "base/metrics_text.h"

#include <gtest/gtest.h>

namespace fescue {
namespace {

TEST(MetricsText, SaysANameOnceAndEscapesLabels) {
  MetricsText out;
  out.counter("a_total", "What a is.", 1, {{"cause", "x"}});
  out.counter("a_total", "What a is.", 2, {{"cause", "a\"b\\\n"}, {"kind", ""}});
  out.gauge("b", "What b is.", 3);
  EXPECT_EQ(out.take(),
            "# HELP a_total What a is.\n# TYPE a_total counter\na_total{cause=\"x\"} 1\n"
            "a_total{cause=\"a\\\"b\\\\\\n\",kind=\"\"} 2\n"
            "# HELP b What b is.\n# TYPE b gauge\nb 3\n");
}

}  // namespace
}  // namespace fescue
