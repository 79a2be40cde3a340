// Opens a recorded connection: tls_open CLIENT_BYTES SERVER_BYTES ORDER --keylog|--rsa-key FILE
// Prints each side's application data as hex, what else was found in its records, and how many did not open.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "parsers/tls/record_decryptor.hpp"
#include "parsers/tls/rsa_key.hpp"

using namespace rdpdx;

namespace {

using Bytes = std::vector<std::byte>;

Bytes read_file(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    const std::string text{std::istreambuf_iterator<char>{file}, {}};
    const auto bytes = bytes::view_of(text);
    return {bytes.begin(), bytes.end()};
}

struct Record {
    tls::RecordHeader header;
    bytes::View fragment;
};

// One side: its records, and what was made of those before the current one.
struct Half {
    tls::Side side{};
    std::vector<Record> records;
    std::size_t next = 0;
    std::optional<tls::RecordDecryptor> decryptor;
    Bytes messages;         // of handshake, from the first that is not whole
    std::string data, log;  // application data in hex
    std::size_t failed = 0;
    bool finished = false;  // its Finished was seen
};

struct Connection {
    Half client, server;
    tls::KeyLog key_log;
    std::optional<tls::RsaKey> rsa_key;
    tls::Negotiated negotiated;
    tls::Transcript transcript;
    tls::Secret master;

    Half& other(const Half& half) { return half.side == tls::Side::client ? server : client; }
    bool tls13() const { return negotiated.version == 0x0304; }

    void use(Half& half, tls::SecretLabel label) {
        if (const auto* secret = key_log.find(negotiated.client_random, label))
            half.decryptor = tls::RecordDecryptor::make(negotiated, half.side, secret->view());
        if (!half.decryptor) half.log += fmt::format(" no-keys");
    }
    void on_server_hello(bytes::View body) {
        const auto hello = tls::parse_server_hello(body);
        if (!hello || hello->hello_retry_request) return;
        negotiated.version = hello->version();
        negotiated.cipher_suite = hello->cipher_suite;
        negotiated.server_random = hello->random;
        negotiated.encrypt_then_mac = std::ranges::find(hello->extensions, 22) != hello->extensions.end();
        negotiated.extended_master_secret = std::ranges::find(hello->extensions, 23) != hello->extensions.end();
        master = {};
        if (!tls13()) return;
        use(client, tls::SecretLabel::client_handshake_traffic);
        use(server, tls::SecretLabel::server_handshake_traffic);
    }
    void on_client_key_exchange(bytes::View body) {
        if (!rsa_key) return;
        const auto premaster = rsa_key->premaster(body);
        const auto hash = tls::handshake_hash(negotiated.version, negotiated.cipher_suite);
        if (premaster) master = tls::master_secret(negotiated, premaster->view(), transcript.digest(hash).view());
    }
    void on_change_cipher_spec(Half& half) {
        if (tls13() || negotiated.version == 0) return;
        if (const auto* logged = key_log.find(negotiated.client_random, tls::SecretLabel::master_secret))
            master = *logged;
        half.decryptor = tls::RecordDecryptor::make(negotiated, half.side, master.view());
        if (!half.decryptor) half.log += " no-keys";
    }
    void on_message(Half& half, std::uint8_t type, bytes::View whole) {
        const auto body = whole.subspan(4);
        half.log += fmt::format(" message-{}", type);
        if (type == 1) {
            transcript = {};
            half.finished = other(half).finished = false;
            if (const auto hello = tls::parse_client_hello(body)) negotiated.client_random = hello->random;
        }
        transcript.add(whole);
        if (type == 2) on_server_hello(body);
        if (type == 16) on_client_key_exchange(body);
        if (type == 24 && half.decryptor && !half.decryptor->update_keys()) half.log += " no-update";
        if (type != 20) return;
        half.finished = true;
        if (tls13())
            use(half, half.side == tls::Side::client ? tls::SecretLabel::client_traffic_0
                                                     : tls::SecretLabel::server_traffic_0);
    }
    void on_handshake(Half& half, bytes::View fragment) {
        half.messages.insert(half.messages.end(), fragment.begin(), fragment.end());
        for (;;) {
            bytes::Cursor in{half.messages};
            const auto type = in.u8("msg_type");
            const auto size = in.u24be("length");
            in.take(size, "body");
            if (in.error()) return;
            const Bytes whole{half.messages.begin(), half.messages.begin() + 4 + static_cast<std::ptrdiff_t>(size)};
            half.messages.erase(half.messages.begin(), half.messages.begin() + 4 + static_cast<std::ptrdiff_t>(size));
            on_message(half, type, whole);
        }
    }
    void on_record(Half& half) {
        const Record& record = half.records[half.next++];
        std::uint8_t type = record.header.type;
        bytes::View text = record.fragment;
        if (half.decryptor && !(tls13() && type != 23)) {
            const auto opened = half.decryptor->open(record.header, record.fragment);
            if (!opened) {
                ++half.failed;
                half.log += fmt::format(" failed-{}", opened.error().field);
                return;
            }
            type = opened->type;
            text = opened->fragment;
        }
        if (type == 20) on_change_cipher_spec(half);
        if (type == 21 && text.size() == 2)
            half.log += fmt::format(" alert-{}", std::to_integer<unsigned>(text.back()));
        if (type == 22) on_handshake(half, text);
        if (type == 23) half.data += bytes::hex(text);
    }
};

std::vector<Record> records_of(bytes::View stream) {
    std::vector<Record> out;
    for (bytes::Cursor in{stream}; in.remaining() > 0;) {
        const auto header = tls::parse_record_header(in);
        if (!header) break;
        const auto fragment = in.take(header->length, "fragment");
        if (!in.error()) out.push_back({*header, fragment});
    }
    return out;
}

// How many bytes of both streams had been sent by the time of each write, as "c 517" and "s 1200" lines say.
void run(Connection& connection, const std::string& order_path) {
    std::ifstream order{order_path};
    std::map<char, std::size_t> seen, used;
    char side{};
    for (std::size_t size = 0; order >> side >> size;) {
        seen[side] += size;
        Half& half = side == 'c' ? connection.client : connection.server;
        while (half.next < half.records.size() &&
               used[side] + 5 + half.records[half.next].fragment.size() <= seen[side]) {
            used[side] += 5 + half.records[half.next].fragment.size();
            connection.on_record(half);
        }
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 6) {
        fmt::print(stderr, "tls_open CLIENT_BYTES SERVER_BYTES ORDER --keylog|--rsa-key FILE\n");
        return 2;
    }
    const Bytes client_bytes = read_file(argv[1]), server_bytes = read_file(argv[2]), keys = read_file(argv[5]);
    Connection connection;
    connection.client.side = tls::Side::client;
    connection.client.records = records_of(client_bytes);
    connection.server.side = tls::Side::server;
    connection.server.records = records_of(server_bytes);
    if (std::string{argv[4]} == "--keylog")
        connection.key_log.add(keys);
    else
        connection.rsa_key = tls::RsaKey::from(keys);
    run(connection, argv[3]);
    fmt::print("suite {:04x} {} version {:04x}{}{}\n", connection.negotiated.cipher_suite,
               tls::cipher_suite_name(connection.negotiated.cipher_suite), connection.negotiated.version,
               connection.negotiated.encrypt_then_mac ? " etm" : "",
               connection.negotiated.extended_master_secret ? " ems" : "");
    for (const Half* half : {&connection.client, &connection.server})
        fmt::print("{} {}\nfailed {}\nlog{}\n", half->side == tls::Side::client ? "client" : "server", half->data,
                   half->failed, half->log);
    return 0;
}
