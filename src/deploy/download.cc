// Which failures may pass, the pauses between attempts, and where a half-fetched package goes on.
#include "deploy/download.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "base/backoff.h"
#include "base/bytes.h"
#include "base/log.h"
#include "model/limits.h"
#include "sys/storage/file.h"

namespace fescue {

namespace {

bool may_pass(Code code) {
  return code == Code::unavailable || code == Code::timeout || code == Code::io || code == Code::resource_exhausted;
}

/// Retries `fetch`, a callable that returns Task<Result<T>>, as long as its errors may pass.
template <class Fetch>
auto with_retries(RetryPolicy policy, Fetch fetch) -> decltype(fetch()) {
  asio::steady_timer pause(co_await asio::this_coro::executor);
  for (int tried = 1;; ++tried) {
    auto result = co_await fetch();
    if (result || !may_pass(result.error().code())) co_return result;
    if (tried >= policy.tries) co_return result.error().in(fmt::format("given up after {} tries", tried));
    log::info("A download failed and will be tried again.", {{"errorString", result.error().message()}});
    pause.expires_after(backoff_pause(static_cast<std::uint64_t>(tried), policy.first_pause, policy.longest_pause));
    co_await pause.async_wait(use_result);
  }
}

std::uint64_t size_of(const std::string& path) {
  struct stat status;
  return ::stat(path.c_str(), &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
}

/// At offset 0 the file begins anew.
Result<void> append(const std::string& path, std::uint64_t offset, std::string_view bytes) {
  const int truncate = offset == 0 ? O_TRUNC : 0;
  const Fd file(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | truncate, 0600));
  if (!file) return errno_error(path);
  if (auto written = write_all(file.get(), bytes); !written) return written.error().in(path);
  return ok();
}

Result<std::string> hash_of(const std::string& path) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file) return errno_error(path);
  Sha256Stream hash;
  std::string buffer(1 << 18, '\0');
  for (;;) {
    const ssize_t got = ::read(file.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno_error(path);
    if (got == 0) return hex_encode(as_view(hash.finish()));
    hash.update({buffer.data(), static_cast<std::size_t>(got)});
  }
}

Error wrong_size(const ArtifactHash& hash, std::uint64_t found, std::uint64_t wanted) {
  return Error(Code::invalid_argument,
               fmt::format("package {} has {} bytes, not {} as announced", hash.view(), found, wanted));
}

/// Fetches what is missing of the file; does not look at its hash.
Task<Result<void>> fetch_rest(CoreApi& api, BlockingPool& pool, ArtifactHash hash, std::uint64_t bytes,
                              std::string path, RetryPolicy policy) {
  std::uint64_t have = bytes == 0 ? 0 : size_of(path);
  if (have > bytes) have = 0;
  std::uint64_t total = bytes;
  while (have == 0 || have < total) {
    // Named, because g++ 12 destroys a closure twice that is made inside a co_await expression.
    const auto fetch = [&api, &hash, have] { return api.artifact(hash, have, kArtifactPieceBytes); };
    FESCUE_CO_TRY(piece, co_await with_retries(policy, fetch));
    if (bytes != 0 && piece.total != bytes) co_return wrong_size(hash, piece.total, bytes);
    if (piece.total > kMaxUnpackedPackageBytes) co_return Error(Code::too_large, "a package is larger than 250 MiB");
    if (piece.bytes.empty() || piece.bytes.size() > piece.total - have) {
      co_return wrong_size(hash, have + piece.bytes.size(), piece.total);
    }
    FESCUE_CO_CHECK(co_await pool.run([&] { return append(path, have, piece.bytes); }));
    have += piece.bytes.size();
    total = piece.total;
  }
  co_return ok();
}

}  // namespace

Task<Result<SignedDocument>> download_document(CoreApi& api, DeploymentId deployment, RetryPolicy policy) {
  const auto fetch = [&api, &deployment] { return api.document(deployment); };
  co_return co_await with_retries(policy, fetch);
}

Task<Result<void>> download_artifact(CoreApi& api, BlockingPool& pool, ArtifactHash hash, std::uint64_t bytes,
                                     std::string path, RetryPolicy policy) {
  for (bool resumed = size_of(path) > 0;; resumed = false) {
    FESCUE_CO_CHECK(co_await fetch_rest(api, pool, hash, bytes, path, policy));
    FESCUE_CO_TRY(found, co_await pool.run([&] { return hash_of(path); }));
    if (found == hash.view()) co_return ok();
    ::unlink(path.c_str());
    if (!resumed) {  // what an earlier run left may have been damaged by a power cut; a fresh copy may not
      co_return Error(Code::invalid_argument,
                      fmt::format("package {} arrived with another SHA-256: {}", hash.view(), found));
    }
  }
}

}  // namespace fescue
