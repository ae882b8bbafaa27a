// The identity of a core's MQTT server for devices, in files (docs/devices.md): an authority of the core's own, made
// once, and a certificate signed by it, renewed when a third of its life is left, when the machine has a name or an
// address that it lacks, and when the clock says that it is not valid. The key of a certificate is made with it.
//
//   ca.crt (0644), ca.key (0600)
//   server.pem (0600)   the certificate, the authority's behind it, and the key: in one file, so that they always fit
//   server.crt (0644)   a copy of the two certificates, where V1 has it
//
// Trust needs no cloud, and no clock: the authority is valid from a fixed day on, and a clock that stands before that
// day counts as that day.
#pragma once

#include <chrono>
#include <string>

#include "base/clock.h"
#include "devices/server_names.h"
#include "model/arn.h"
#include "sys/storage/file.h"
#include "sys/tls/tls.h"

namespace fescue {

struct ServerIdentity {
  TlsIdentity tls;
  ServerNames names;
  WallTime not_before, not_after;
  std::string not_renewed;  // why another has not taken its place, although it is due
};

inline constexpr std::chrono::hours kServerCertificateLife{24 * 30};

/// Whether another certificate has to take its place. Pure.
bool is_due(const ServerIdentity& identity, const ServerNames& wanted, WallTime now);

/// What is in `directory`, made or renewed as far as needed; what is still valid serves on when that fails. Blocks.
/// Errors name the file; an authority whose key is lost is one, since devices trust it.
Result<ServerIdentity> load_or_renew_identity(FileSystem& files, const std::string& directory, const ThingName& core,
                                              const ServerNames& wanted, WallTime now);

}  // namespace fescue
