#include "parsers/tls/key_log.hpp"

#include <type_traits>

#include "parsers/bytes/text.hpp"
#include "tests/support/catch.hpp"

using namespace rdpdx;
using tls::SecretLabel;

namespace {

std::string repeated(std::string_view pair, int times) {
    std::string out;
    for (int i = 0; i < times; ++i) out += pair;
    return out;
}
tls::Random random_of(std::uint8_t byte) {
    tls::Random out;
    out.fill(byte);
    return out;
}
tls::KeyLog log_of(std::string_view text) {
    tls::KeyLog log;
    log.add(bytes::view_of(text));
    return log;
}
std::string found(const tls::KeyLog& log, std::uint8_t random, SecretLabel label) {
    const auto* secret = log.find(random_of(random), label);
    return secret ? bytes::hex(secret->view()) : "nothing";
}

}  // namespace

TEST_CASE("a key log gives each secret by random and label") {
    const auto log = log_of(
        "# made by nobody\n"
        "CLIENT_RANDOM " +
        repeated("01", 32) + ' ' + repeated("aB", 48) + "\r\n" +
        "\n"
        "CLIENT_HANDSHAKE_TRAFFIC_SECRET " +
        repeated("02", 32) + ' ' + repeated("c1", 32) + '\n' + "SERVER_HANDSHAKE_TRAFFIC_SECRET " + repeated("02", 32) +
        ' ' + repeated("c2", 48) + '\n' + "CLIENT_TRAFFIC_SECRET_0 " + repeated("02", 32) + ' ' + repeated("c3", 32) +
        " \n" + "SERVER_TRAFFIC_SECRET_0 " + repeated("02", 32) + ' ' + repeated("c4", 32) + '\n' + "EXPORTER_SECRET " +
        repeated("02", 32) + ' ' + repeated("c5", 32) + '\n' + "CLIENT_EARLY_TRAFFIC_SECRET " + repeated("02", 32) +
        ' ' + repeated("c6", 32));
    CHECK(found(log, 1, SecretLabel::master_secret) == repeated("ab", 48));
    CHECK(found(log, 2, SecretLabel::client_handshake_traffic) == repeated("c1", 32));
    CHECK(found(log, 2, SecretLabel::server_handshake_traffic) == repeated("c2", 48));
    CHECK(found(log, 2, SecretLabel::client_traffic_0) == repeated("c3", 32));
    CHECK(found(log, 2, SecretLabel::server_traffic_0) == repeated("c4", 32));
    CHECK(found(log, 2, SecretLabel::client_early_traffic) == repeated("c6", 32));
    CHECK(found(log, 2, SecretLabel::master_secret) == "nothing");
    CHECK(found(log, 3, SecretLabel::master_secret) == "nothing");
    CHECK(log.knows(random_of(2)));
    CHECK_FALSE(log.knows(random_of(0)));
    CHECK_FALSE(log.knows(random_of(3)));
    CHECK(log.secrets() == 6);
    CHECK(log.ignored() == 1);
    CHECK(log.malformed() == 0);
}

TEST_CASE("a line of a key log that cannot be read is known by its number and its part") {
    struct Row {
        std::string line;
        std::string_view what;
    };
    const std::string random = repeated("01", 32), master = repeated("02", 48);
    const auto row = GENERATE_COPY(values<Row>({
        {"client_random " + random + ' ' + master, "label"},
        {"\x01\x02", "label"},
        {"CLIENT_RANDOM", "client_random"},
        {"CLIENT_RANDOM " + random.substr(2) + ' ' + master, "client_random"},
        {"CLIENT_RANDOM " + random + "00 " + master, "client_random"},
        {"CLIENT_RANDOM x" + random.substr(1) + ' ' + master, "client_random"},
        {"CLIENT_RANDOM " + random, "secret"},
        {"CLIENT_RANDOM " + random + ' ' + master.substr(1), "secret"},
        {"CLIENT_RANDOM " + random + ' ' + master.substr(2), "secret"},
        {"CLIENT_RANDOM " + random + ' ' + master + "00", "secret"},
        {"CLIENT_RANDOM " + random + ' ' + master.substr(2) + "0g", "secret"},
        {"CLIENT_RANDOM " + random + ' ' + master + " 00", "secret"},
        {"CLIENT_TRAFFIC_SECRET_0 " + random + ' ' + repeated("03", 31), "secret"},
        {"CLIENT_TRAFFIC_SECRET_0 " + random + ' ' + repeated("03", 5000), "secret"},
    }));
    const auto log = log_of("\n" + row.line + "\nCLIENT_RANDOM " + repeated("07", 32) + ' ' + master);
    CAPTURE(row.line);
    CHECK(log.malformed() == 1);
    CHECK(log.bad_lines() == std::vector<tls::KeyLog::BadLine>{{2, row.what}});
    CHECK(log.secrets() == 1);
    CHECK(log.knows(random_of(7)));
}

TEST_CASE("a key log cut after any byte gives the lines before and at most one bad line") {
    const std::string text = "CLIENT_RANDOM " + repeated("01", 32) + ' ' + repeated("02", 48) + "\nCLIENT_RANDOM " +
                             repeated("03", 32) + ' ' + repeated("04", 48) + '\n';
    const std::size_t line = text.size() / 2;
    for (std::size_t n = 0; n <= text.size(); ++n) {
        const auto log = log_of(text.substr(0, n));
        CAPTURE(n);
        CHECK(log.secrets() == (n >= text.size() - 1 ? 2U : n >= line - 1 ? 1U : 0U));
        CHECK(log.malformed() + log.ignored() <= 1);
    }
}

TEST_CASE("a byte order mark, tabs and a second text are nothing special to a key log") {
    auto log = log_of(
        "\xEF\xBB\xBF"
        "CLIENT_RANDOM\t" +
        repeated("01", 32) + "\t" + repeated("02", 48));
    CHECK(log.secrets() == 1);
    const std::string again = "CLIENT_RANDOM " + repeated("01", 32) + ' ' + repeated("03", 48);
    log.add(bytes::view_of(again));
    CHECK(log.secrets() == 1);
    CHECK(found(log, 1, SecretLabel::master_secret) == repeated("03", 48));
}

TEST_CASE("however many lines are bad, few are remembered") {
    std::string text;
    for (int i = 0; i < 1000; ++i) text += "?\n";
    const auto log = log_of(text);
    CHECK(log.malformed() == 1000);
    CHECK(log.bad_lines().size() == tls::KeyLog::kMostBadLines);
}

TEST_CASE("a secret that was moved from is empty") {
    tls::Secret secret{bytes::view_of("key")};
    const tls::Secret taken{std::move(secret)};
    CHECK(taken.size() == 3);
    CHECK(secret.empty());  // NOLINT(bugprone-use-after-move): that is what is said here
    secret = taken;
    CHECK(bytes::text_of(secret.view()) == "key");
    CHECK_FALSE(std::is_convertible_v<tls::Secret, std::string_view>);
}

TEST_CASE("a key log is told by its first line that is no comment") {
    struct Row {
        std::string_view head;
        bool is;
    };
    const auto row = GENERATE(values<Row>({
        {"CLIENT_RANDOM 00", true},
        {"# made by a test\r\n\r\n\nSERVER_TRAFFIC_SECRET_0\t00", true},
        {"EXPORTER_SECRET 00", true},
        {"CLIENT_RANDOMS 00", false},
        {"# CLIENT_RANDOM 00", false},
        {"", false},
        {"\n", false},
    }));
    INFO(row.head);
    CHECK(tls::is_key_log(bytes::view_of(row.head)) == row.is);
}
