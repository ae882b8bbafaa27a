// Turns, and the errors that all sources share.
#include "cloud/packages/package_source.h"

#include <fmt/format.h>

#include "base/printable.h"

namespace fescue::cloud {

Error get_object_error(std::string_view code, std::string_view message) {
  return Error(Code::invalid_argument,
               fmt::format("Error occurred while GetObject. S3 Error Code: {}. S3 Error Message: {}",
                           printable(code.substr(0, 100), LineEnds::escape),
                           printable(message.substr(0, 300), LineEnds::escape)));
}

Task<Result<PackageFetcher::Fetched>> PackageFetcher::fetch(PackageLocation where) {
  if (!source_) {
    co_return Error(Code::invalid_argument,
                    "This control plane fetches no packages: start it with --package-dir DIR (files DIR/BUCKET/KEY) or "
                    "--s3-endpoint URL, or send the package itself as ZipFile (--zip-file fileb://...).");
  }
  if (busy_ && waiting_ >= kMaxWaiting) {
    co_return Error(Code::resource_exhausted, "Too many packages are being fetched; try again.");
  }
  while (busy_) {
    ++waiting_;
    co_await free_.wait();
    --waiting_;
  }
  busy_ = true;
  const std::shared_ptr<void> turn(this, [](void* self) {
    auto* fetcher = static_cast<PackageFetcher*>(self);
    fetcher->busy_ = false;
    fetcher->free_.wake();
  });
  FESCUE_CO_TRY(zip, co_await source_->fetch(std::move(where)));
  co_return Fetched{std::move(zip), turn};
}

}  // namespace fescue::cloud
