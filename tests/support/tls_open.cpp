// Opens recorded connections: tls_open --keylog|--rsa-key FILE (CLIENT_BYTES SERVER_BYTES ORDER)...
// One after the other, as a capture would show them; bytes that begin as DTLS does are datagrams. Prints of the last
// one each side's application data as hex, what else was found in its records, and how often they did not open.
#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "parsers/bytes/overload.hpp"
#include "parsers/tls/dtls_reader.hpp"

using namespace rdpdx;

namespace {

using Bytes = std::vector<std::byte>;

Bytes read_file(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    const std::string text{std::istreambuf_iterator<char>{file}, {}};
    const auto bytes = bytes::view_of(text);
    return {bytes.begin(), bytes.end()};
}

struct Half {
    std::string data, log;  // application data in hex
    unsigned failed{};
};
struct Connection {
    std::map<char, Half> halves;
    std::string head;
};

void take(Half& half, const tls::ConnectionReader::Item& item) {
    std::visit(bytes::Overload{
                   [&](const tls::HandshakeMessage& m) { half.log += fmt::format(" message-{}", m.type); },
                   [&](const tls::Alert& a) { half.log += fmt::format(" alert-{}", a.description); },
                   [&](const tls::OpenedData& o) { half.data += bytes::hex(o.data); },
                   [&](const tls::Opening& o) {
                       if (o.state == tls::Opening::State::opens) return;
                       ++half.failed;
                       half.log += fmt::format(" failed-{}-{}", static_cast<int>(o.state), o.error.field);
                   },
                   [&](const tls::Unparsed& u) { half.log += " unparsed-" + u.what; },
                   [](const auto&) {},
               },
               item);
}

std::string head_of(const tls::Negotiated& negotiated) {
    return fmt::format("suite {:04x} {} version {:04x}{}{}", negotiated.cipher_suite,
                       tls::cipher_suite_name(negotiated.cipher_suite), negotiated.version,
                       negotiated.encrypt_then_mac ? " etm" : "", negotiated.extended_master_secret ? " ems" : "");
}

// ORDER says how many bytes each write had, as "c 517" and "s 1200" lines.
template <class Piece>
void for_each_piece(char** paths, Piece piece) {
    const std::map<char, Bytes> streams{{'c', read_file(paths[0])}, {'s', read_file(paths[1])}};
    std::ifstream order{paths[2]};
    std::map<char, std::size_t> at;
    char side{};
    for (std::size_t size = 0; order >> side >> size; at[side] += size)
        piece(side, bytes::View{streams.at(side)}.subspan(at[side], size), at[side]);
}

Connection read(const tls::Secrets& secrets, tls::SessionCache& sessions, char** paths) {
    Connection out;
    tls::ConnectionReader reader{&secrets, &sessions};
    for_each_piece(paths, [&](char side, bytes::View part, std::uint64_t at) {
        reader.feed(side == 'c' ? tls::Side::client : tls::Side::server, part, at,
                    [&](const tls::ConnectionReader::Item& item, std::uint64_t) { take(out.halves[side], item); });
    });
    out.head = head_of(reader.negotiated());
    return out;
}

Connection read_datagrams(const tls::Secrets& secrets, tls::SessionCache& sessions, char** paths) {
    Connection out;
    tls::DtlsReader reader{&secrets, &sessions};
    const auto sink = [&](tls::Side from, const tls::DtlsReader::Item& item, std::uint64_t) {
        take(out.halves[from == tls::Side::client ? 'c' : 's'], item);
    };
    for_each_piece(paths, [&](char side, bytes::View part, std::uint64_t) {
        reader.datagram(side == 'c' ? tls::Side::client : tls::Side::server, part, sink);
    });
    reader.finish(sink);
    out.head = head_of(reader.negotiated());
    return out;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 6 || (argc - 3) % 3 != 0) {
        fmt::print(stderr, "tls_open --keylog|--rsa-key FILE (CLIENT_BYTES SERVER_BYTES ORDER)...\n");
        return 2;
    }
    tls::Secrets secrets;
    const Bytes keys = read_file(argv[2]);
    if (std::string{argv[1]} == "--keylog") {
        secrets.key_log.add(keys);
    } else if (auto key = tls::RsaKey::from(keys)) {
        secrets.rsa_keys.push_back(std::make_shared<const tls::RsaKey>(std::move(*key)));
    }
    tls::SessionCache sessions;
    Connection last;
    for (int i = 3; i < argc; i += 3) {
        const bool datagrams = tls::begins_with_dtls_record(read_file(argv[i]));
        last = datagrams ? read_datagrams(secrets, sessions, argv + i) : read(secrets, sessions, argv + i);
    }
    fmt::print("{}\n", last.head);
    for (const auto& [side, name] : {std::pair{'c', "client"}, std::pair{'s', "server"}})
        fmt::print("{} {}\nfailed {}\nlog{}\n", name, last.halves[side].data, last.halves[side].failed,
                   last.halves[side].log);
    return 0;
}
