// Zip files written byte by byte, so that a test can make wrong ones. Entries are stored, not compressed.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/crc.hpp>

namespace fescue {

struct ZipItem {
  std::string name;
  std::string content = {};
  std::uint32_t mode = S_IFREG | 0644;  // type and permissions, as made on Unix
  std::uint16_t flags = 0x0800;         // UTF-8; bit 0 is encryption
  std::uint16_t method = 0;             // stored
  std::optional<std::uint32_t> claimed_size = {};
  std::optional<std::uint32_t> claimed_crc = {};
};

class ZipBuilder {
 public:
  ZipBuilder& add(const ZipItem& item) {
    const auto offset = static_cast<std::uint32_t>(body_.size());
    const std::string common = common_header(item);
    body_ += "PK\x03\x04" + common + item.name + item.content;
    directory_ +=
        "PK\x01\x02" + u16(0x031e) + common + u16(0) + u16(0) + u16(0) + u32(item.mode << 16) + u32(offset) + item.name;
    ++count_;
    return *this;
  }

  std::string build() const {
    return body_ + directory_ + "PK\x05\x06" + u16(0) + u16(0) + u16(count_) + u16(count_) +
           u32(static_cast<std::uint32_t>(directory_.size())) + u32(static_cast<std::uint32_t>(body_.size())) + u16(0);
  }

 private:
  static std::string u16(std::uint32_t n) { return {static_cast<char>(n & 0xff), static_cast<char>((n >> 8) & 0xff)}; }
  static std::string u32(std::uint32_t n) { return u16(n & 0xffff) + u16(n >> 16); }

  static std::string common_header(const ZipItem& item) {
    boost::crc_32_type crc;
    crc.process_bytes(item.content.data(), item.content.size());
    const auto size = static_cast<std::uint32_t>(item.content.size());
    return u16(20) + u16(item.flags) + u16(item.method) + u16(0) + u16(0x5821) +
           u32(item.claimed_crc.value_or(crc.checksum())) + u32(size) + u32(item.claimed_size.value_or(size)) +
           u16(static_cast<std::uint32_t>(item.name.size())) + u16(0);
  }

  std::string body_, directory_;
  std::uint16_t count_ = 0;
};

inline std::string make_zip(const std::vector<ZipItem>& items) {
  ZipBuilder zip;
  for (const ZipItem& item : items) zip.add(item);
  return zip.build();
}

}  // namespace fescue
