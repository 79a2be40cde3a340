// What Windows' own tools print about a machine, as support bundles collect it: values of the registry, certificates of
// a store, rights on key files, sockets, services. A form is told by the text itself, never by a file's name.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <variant>

#include "parsers/bytes/source.hpp"

namespace rdpdx::config {

enum class Form : std::uint8_t {
    none,
    reg_export,    // .reg files of `reg export` and regedit
    reg_query,     // `reg query`
    certificates,  // `certutil -store`, `-verifystore`
    access,        // `icacls`, `Get-Acl | Select -Expand Access`
    sockets,       // `netstat -ano`
    addresses,     // `ipconfig /all`
    sessions,      // `qwinsta`
    services,      // `sc query`, `Get-Service`, tables of Win32_Service
};
Form recognise(bytes::View head);
std::string_view title(Form form) noexcept;  // "registry export"

struct Place {
    std::uint64_t line{};    // from 1
    std::uint64_t offset{};  // of the line's first byte in the file
};

struct RegistryValue {
    Place at;
    std::string key, name;               // the name of a default value is empty
    std::optional<std::int64_t> number;  // of DWORD and QWORD
    std::string text;                    // of strings; binary ones as lower-case hex
};

struct StoreCertificate {
    // What the listing says of its private key. A tool that runs without rights says `missing` of keys that are there.
    enum class Key : std::uint8_t { unknown, named, missing, works };
    Place at;
    std::string store, serial, issuer, subject;  // names in one line, as certutil orders their parts
    std::string sha1;                            // lower-case hex
    std::string not_before, not_after;           // as printed, in the machine's language
    std::string container, provider;
    Key key{};
};
// Behind the certificates of a store that was listed to its end.
struct StoreEnd {
    Place at;
    std::string store;
    std::uint64_t certificates{};
};

struct AccessEntry {
    Place at;
    std::string path, account, rights;  // as printed: "(R)", "(OI)(CI)(F)", "FullControl"
    bool deny{};
};

struct Socket {
    Place at;
    std::string protocol, address, process;  // "TCP", "0.0.0.0", "1234"
    std::uint16_t port{};                    // 0 where it has a name that is not known
    bool listening{};
};

struct Listener {
    Place at;
    std::string name, state;  // "rdp-tcp", "Listen"
};
// Behind the list of sessions, which has all listeners.
struct SessionsEnd {
    Place at;
};

struct Service {
    Place at;
    std::string name, state;  // "running", "stopped", ... in lower case; otherwise as printed
};

struct MachineName {
    Place at;
    std::string name;
};
struct MachineAddress {
    Place at;
    std::string address;
};

using Item = std::variant<RegistryValue, StoreCertificate, StoreEnd, AccessEntry, Socket, Listener, SessionsEnd,
                          Service, MachineName, MachineAddress>;
using Sink = std::function<void(Item&&)>;

// Everything that the text has, in its order, by the form that recognise() finds for its head. Memory holds a line and
// one item.
Form read(bytes::Source& source, const Sink& sink);

// When a date as certutil prints it may be, at the earliest and the latest: day and month may be the other way round,
// and the time zone is the machine's. Nothing for what is no date.
struct DateRange {
    std::int64_t earliest{}, latest{};  // seconds since 1970
};
std::optional<DateRange> read_date(std::string_view text);

}  // namespace rdpdx::config
