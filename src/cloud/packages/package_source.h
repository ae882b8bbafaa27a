// Where packages come from that CreateFunction and UpdateFunctionCode name by S3Bucket and S3Key: a directory or an
// S3-compatible server, whichever the owner has named, or nowhere (docs/compatibility/api-lambda.md#packages).
//
// A package may be as large as Lambda lets it be unpacked, and is held in memory until it is stored, so they are
// fetched one at a time; the others wait.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "base/result.h"
#include "sys/loop/event.h"

namespace fescue::cloud {

struct PackageLocation {
  std::string bucket, key;
  std::string version;  // empty: the newest
};

class PackageSource {
 public:
  virtual ~PackageSource() = default;
  /// Error: a sentence for the caller, in Lambda's words where it has them.
  virtual Task<Result<std::string>> fetch(PackageLocation where) = 0;
};

/// Lambda's words for what S3 says.
Error get_object_error(std::string_view code, std::string_view message);

class PackageFetcher {
 public:
  /// Without a source every fetch is refused, with what to do about it.
  PackageFetcher(asio::io_context& io, std::unique_ptr<PackageSource> source) : free_(io), source_(std::move(source)) {}

  struct Fetched {
    std::string zip;
    std::shared_ptr<void> turn;  // the next fetch begins when it goes
  };
  /// Errors, besides the source's: resource_exhausted while kMaxWaiting wait.
  Task<Result<Fetched>> fetch(PackageLocation where);

  static constexpr std::size_t kMaxWaiting = 16;

 private:
  Event free_;
  std::unique_ptr<PackageSource> source_;
  bool busy_ = false;
  std::size_t waiting_ = 0;
};

}  // namespace fescue::cloud
