#include "parsers/dns/dns.hpp"

#include "tests/support/cuts.hpp"

using namespace rdpdx;
using test::from_hex;

namespace {

const auto kAnswer = from_hex(R"(
    12 34                                # ID
    81 80                                # flags: response, recursion desired and available, NOERROR
    00 01                                # QDCOUNT
    00 03                                # ANCOUNT
    00 00                                # NSCOUNT
    00 00                                # ARCOUNT
    03 72 64 70 03 6c 61 62 00           # QNAME: rdp.lab
    00 01                                # QTYPE: A
    00 01                                # QCLASS: IN
    c0 0c                                # NAME: rdp.lab
    00 05 00 01 00 00 00 3c              # TYPE: CNAME, CLASS, TTL
    00 07                                # RDLENGTH
    04 72 64 73 68 c0 10                 # rdsh.lab
    c0 25                                # NAME: rdsh.lab
    00 01 00 01 00 00 00 0a              # TYPE: A, CLASS, TTL
    00 04                                # RDLENGTH
    c0 00 02 14                          # 192.0.2.20
    c0 25                                # NAME
    00 1c 00 01 00 00 00 0a              # TYPE: AAAA, CLASS, TTL
    00 10                                # RDLENGTH
    20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 14
    )");

const auto kNetbiosAnswer = from_hex(R"(
    00 07  85 00  00 00  00 01  00 00  00 00     # header of a positive response
    20 46 43 45 45 46 44 45 49 44 41 43 41 43 41 43 41 43 41 43 41 43 41 43 41 43 41 43 41 43 41 43 41 00  # RDSH0
    00 20                                        # NB
    00 01                                        # IN
    00 04 93 e0                                  # TTL
    00 0c                                        # RDLENGTH
    60 00 c0 00 02 14                            # NB_FLAGS, 192.0.2.20
    60 00 c0 00 02 15                            # NB_FLAGS, 192.0.2.21
    )");

}  // namespace

TEST_CASE("a DNS answer gives what was asked, the alias and the addresses") {
    const auto message = dns::parse_message(kAnswer);
    REQUIRE(message);
    CHECK(message->id == 0x1234);
    CHECK(message->response);
    CHECK(message->rcode == dns::kNoError);
    CHECK_FALSE(message->broken);
    REQUIRE(message->questions.size() == 1);
    CHECK(message->questions[0].name == "rdp.lab");
    CHECK(message->questions[0].qtype == dns::kA);
    REQUIRE(message->answers.size() == 3);
    CHECK(message->answers[0].target == "rdsh.lab");
    CHECK(message->answers[1].name == "rdsh.lab");
    CHECK(message->answers[1].ttl == 10);
    REQUIRE(message->answers[1].addresses.size() == 1);
    CHECK(message->answers[1].addresses[0] == dns::AddressOctets{192, 0, 2, 20});
    REQUIRE(message->answers[2].addresses.size() == 1);
    CHECK(message->answers[2].addresses[0].size() == 16);
}

TEST_CASE("a DNS header cut after n bytes names the field") {
    for (const auto& [n, field, offset] : {std::tuple{0, "ID", 0},
                                           {3, "flags", 2},
                                           {5, "QDCOUNT", 4},
                                           {7, "ANCOUNT", 6},
                                           {9, "NSCOUNT", 8},
                                           {11, "ARCOUNT", 10}}) {
        const auto message = dns::parse_message(bytes::View{kAnswer}.first(static_cast<std::size_t>(n)), 1000);
        REQUIRE_FALSE(message);
        CHECK(message.error().field == field);
        CHECK(message.error().offset == 1000 + static_cast<std::size_t>(offset));
    }
}

TEST_CASE("a DNS message cut behind its header gives what is whole, and says where it breaks off") {
    struct Row {
        std::size_t n;
        const char* field;
        std::size_t offset, questions, answers;
    };
    const auto row = GENERATE(values<Row>({{12, "name", 12, 0, 0},
                                           {14, "label", 13, 0, 0},
                                           {20, "name", 20, 0, 0},
                                           {22, "QTYPE", 21, 0, 0},
                                           {24, "QCLASS", 23, 0, 0},
                                           {25, "name", 25, 1, 0},
                                           {26, "pointer", 26, 1, 0},
                                           {28, "TYPE", 27, 1, 0},
                                           {30, "CLASS", 29, 1, 0},
                                           {34, "TTL", 31, 1, 0},
                                           {36, "RDLENGTH", 35, 1, 0},
                                           {43, "RDATA", 37, 1, 0},
                                           {59, "RDATA", 56, 1, 1},
                                           {87, "RDATA", 72, 1, 2}}));
    INFO("cut after " << row.n);
    const auto message = dns::parse_message(bytes::View{kAnswer}.first(row.n));
    REQUIRE(message);
    REQUIRE(message->broken);
    CHECK(message->broken->field == row.field);
    CHECK(message->broken->offset == row.offset);
    CHECK(message->questions.size() == row.questions);
    CHECK(message->answers.size() == row.answers);
}

TEST_CASE("every cut of a DNS message is read as far as it goes") {
    for (std::size_t n = 12; n < kAnswer.size(); ++n) {
        INFO("cut after " << n);
        const auto message = dns::parse_message(bytes::View{kAnswer}.first(n));
        REQUIRE(message);
        CHECK(message->broken);
    }
}

TEST_CASE("a name that points to itself, forward or round and round is no name") {
    const char* name = GENERATE("c0 0c", "c0 0e", "01 61 c0 0c", "40 61 00", "80");
    INFO(name);
    auto data = from_hex("00 00 00 00 00 01 00 00 00 00 00 00");
    for (const std::byte b : from_hex(name)) data.push_back(b);
    for (const std::byte b : from_hex("00 01 00 01")) data.push_back(b);
    const auto message = dns::parse_message(data);
    REQUIRE(message);
    CHECK(message->broken);
    CHECK(message->questions.empty());
}

TEST_CASE("a name of more than 255 octets is no name") {
    auto data = from_hex("00 00 00 00 00 01 00 00 00 00 00 00");
    for (int label = 0; label < 5; ++label) {
        data.push_back(std::byte{63});
        data.insert(data.end(), 63, std::byte{'a'});
    }
    data.insert(data.end(), 5, std::byte{0});
    const auto message = dns::parse_message(data);
    REQUIRE(message);
    REQUIRE(message->broken);
    CHECK(message->broken->problem == bytes::Problem::bad_value);
}

TEST_CASE("dots inside a label are told from those between labels") {
    const auto data = from_hex("00 00 00 00 00 01 00 00 00 00 00 00  03 61 2e 62 01 63 00  00 01 00 01");
    const auto message = dns::parse_message(data);
    REQUIRE(message);
    REQUIRE(message->questions.size() == 1);
    CHECK(message->questions[0].name == "a\\.b.c");
}

TEST_CASE("a NetBIOS answer gives all of its addresses, and its name without the blanks") {
    const auto message = dns::parse_message(kNetbiosAnswer);
    REQUIRE(message);
    REQUIRE(message->answers.size() == 1);
    REQUIRE(message->answers[0].addresses.size() == 2);
    CHECK(message->answers[0].addresses[1] == dns::AddressOctets{192, 0, 2, 21});
    const auto name = dns::netbios_name(message->answers[0].name);
    REQUIRE(name);
    CHECK(name->name == "RDSH0");
    CHECK(name->suffix == 0x20);
    CHECK_FALSE(dns::netbios_name("rdsh0.lab"));
    CHECK_FALSE(dns::netbios_name("FCEEFDEIDBCACACACACACACACACACAZZ"));
}

TEST_CASE("response codes have names, and others none") {
    CHECK(dns::rcode_name(3) == "NXDOMAIN");
    CHECK(dns::rcode_name(2) == "SERVFAIL");
    CHECK(dns::rcode_name(15).empty());
}
