// The captures of others, where they lie beside the repository; they are read in place and never copied.
#include <filesystem>
#include <fstream>
#include <iterator>

#include "parsers/net/decode.hpp"
#include "tests/support/captures.hpp"
#include "tests/support/catch.hpp"

using namespace rdpdx;

namespace {

const std::filesystem::path kCorpus = std::filesystem::path{RDPDX_SOURCE_DIR} / ".." / "shared" / "corpus";

bool absent() {
    if (std::filesystem::is_directory(kCorpus / "pcap")) return false;
    WARN("skipped: no captures in ../shared/corpus/pcap");
    return true;
}

test::Bytes bytes_of(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    return test::text(std::string{std::istreambuf_iterator<char>{file}, {}});
}

}  // namespace

TEST_CASE("every capture of the corpus is read to its end, and its packets make sense") {
    if (absent()) return;
    std::size_t files = 0;
    for (const char* folder : {"pcap", "lab"})
        for (const auto& entry : std::filesystem::directory_iterator{kCorpus / folder}) {
            if (!entry.is_regular_file()) continue;
            const auto file = bytes_of(entry.path());
            const auto format = capture::recognise(file);
            if (!format) continue;
            ++files;
            bytes::MemorySource source{file};
            const auto reader = capture::open(source, *format);
            net::Decoder decoder;
            capture::Packet packet;
            std::uint64_t last = 0, senseless = 0;
            while (reader->next(packet)) {
                senseless +=
                    packet.number <= last || packet.file_offset >= file.size() || packet.data.size() > file.size();
                last = packet.number;
                const auto decoded = decoder.decode(packet);
                if (const auto* segment = std::get_if<net::Segment>(&decoded))
                    senseless += segment->payload.size() > segment->payload_length;
                if (const auto* datagram = std::get_if<net::Datagram>(&decoded))
                    senseless += datagram->payload.size() > datagram->payload_length;
            }
            CAPTURE(entry.path().filename().string());
            REQUIRE(senseless == 0);
            REQUIRE(reader->notices().size() <= 51);
        }
    CHECK(files > 1000);
}

// Counted with tshark 4.0.17 (frame.number of the last packet, its frame.time_epoch).
TEST_CASE("frame numbers and times are those of Wireshark") {
    if (absent()) return;
    struct Row {
        const char* name;
        std::size_t packets;
        std::uint64_t last_number;
        std::int64_t last_nanos;
    };
    const auto row = GENERATE(values<Row>({
        {"pcapng-test-generator__output_le__basic__test001.pcapng", 4, 4, 0},
        {"pcapng-test-generator__output_be__basic__test016.pcapng", 4, 4, 1340954905300858000},
        {"pcapng-test-generator__output_le__basic__test017.pcapng", 0, 0, 0},
        {"pcapng-test-generator__output_be__basic__test018.pcapng", 4, 7, 1340954905300858000},
        {"pcapng-test-generator__output_le__advanced__test102.pcapng", 5, 7, 1340954905301858000},
        {"pcapng-test-generator__output_le__difficult__test202.pcapng", 8, 11, 1340954905301858000},
    }));
    CAPTURE(row.name);
    const auto seen = test::read_all(bytes_of(kCorpus / "pcap" / row.name));
    REQUIRE(seen.packets.size() == row.packets);
    if (seen.packets.empty()) return;
    CHECK(seen.packets.back().number == row.last_number);
    CHECK(seen.packets.back().nanos == row.last_nanos);
}
