// Times as the text that each protocol and the log want.
#include "base/clock.h"

#include <ctime>

#include <fmt/format.h>

namespace fescue {

namespace {

std::string date_time_ms(const std::tm& tm, long long ms) {
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
                     tm.tm_hour, tm.tm_min, tm.tm_sec, ms % 1000);
}

std::string utc_text(WallTime time) {
  const long long ms = epoch_milliseconds(time);
  const std::time_t seconds = static_cast<std::time_t>(ms / 1000);
  std::tm tm{};
  gmtime_r(&seconds, &tm);
  return date_time_ms(tm, ms);
}

}  // namespace

long long epoch_milliseconds(WallTime time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

WallTime from_epoch_milliseconds(long long ms) { return WallTime(std::chrono::milliseconds(ms)); }

std::string iso8601_utc(WallTime time) { return utc_text(time) + "Z"; }

std::string lambda_timestamp(WallTime time) { return utc_text(time) + "+0000"; }

std::string iso8601_local(WallTime time) {
  const long long ms = epoch_milliseconds(time);
  const std::time_t seconds = static_cast<std::time_t>(ms / 1000);
  std::tm tm{};
  localtime_r(&seconds, &tm);
  std::string text = date_time_ms(tm, ms);
  if (tm.tm_gmtoff == 0) return text + "Z";
  const long minutes = (tm.tm_gmtoff < 0 ? -tm.tm_gmtoff : tm.tm_gmtoff) / 60;
  return text + fmt::format("{}{:02}:{:02}", tm.tm_gmtoff < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

}  // namespace fescue
