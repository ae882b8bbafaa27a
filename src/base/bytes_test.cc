// Known answers of encodings and digests.
#include "base/bytes.h"

#include <gtest/gtest.h>

namespace fescue {
namespace {

TEST(Bytes, HexRoundTrip) {
  const std::string bytes("\x00\xff\x10", 3);
  EXPECT_EQ(hex_encode(bytes), "00ff10");
  EXPECT_EQ(hex_decode("00FF10").value(), bytes);
  EXPECT_FALSE(hex_decode("0"));
  EXPECT_FALSE(hex_decode("zz"));
}

TEST(Bytes, Base64KnownAnswers) {  // RFC 4648 section 10
  EXPECT_EQ(base64_encode(""), "");
  EXPECT_EQ(base64_encode("f"), "Zg==");
  EXPECT_EQ(base64_encode("fo"), "Zm8=");
  EXPECT_EQ(base64_encode("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64_decode("Zm8=").value(), "fo");
  EXPECT_EQ(base64_decode("Zg==").value(), "f");
  EXPECT_EQ(base64_decode("Zm9vYmFy").value(), "foobar");
}

TEST(Bytes, Base64RefusesWhatIsNotBase64) {
  for (const char* text : {"Zg=", "Zg", "Z===", "Zm 9", "Zm9\n", "Zm-_", "=Zg="})
    EXPECT_FALSE(base64_decode(text)) << text;
}

TEST(Bytes, Sha256KnownAnswer) {
  const char* expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  EXPECT_EQ(sha256_hex("abc"), expected);
  EXPECT_TRUE(is_sha256_hex(expected));
  EXPECT_FALSE(is_sha256_hex("B" + std::string(expected).substr(1)));
  EXPECT_FALSE(is_sha256_hex(std::string(expected).substr(1)));
  Sha256Stream stream;
  stream.update("a");
  stream.update("bc");
  EXPECT_EQ(hex_encode(as_view(stream.finish())), expected);
}

TEST(Bytes, HmacKnownAnswer) {  // RFC 4231 case 2
  EXPECT_EQ(hex_encode(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(Bytes, PayloadSharesItsBytes) {
  const Payload first(std::string("abc"));
  const Payload second = first;
  EXPECT_EQ(first.view().data(), second.view().data());
  EXPECT_TRUE(Payload().empty());
  EXPECT_EQ(Payload(std::string()), Payload());
}

}  // namespace
}  // namespace fescue
