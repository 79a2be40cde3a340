// A capture read to its end, with everything that a reader's views would lose.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "parsers/capture/reader.hpp"
#include "tests/support/packets.hpp"

namespace rdpdx::test {

struct SeenPacket {
    std::int64_t nanos{};
    std::uint64_t number{}, file_offset{};
    capture::LinkType link_type{};
    std::uint32_t interface {
    }, original_length{};
    Bytes data;
    std::string comment;
    std::optional<std::uint64_t> packet_id;
    Bytes verdict;
    friend bool operator==(const SeenPacket&, const SeenPacket&) = default;
};

struct SeenCapture {
    std::vector<SeenPacket> packets;
    std::vector<capture::Interface> interfaces;
    std::vector<capture::Secrets> secrets;
    std::vector<capture::Notice> notices;
    std::vector<std::string> comments;
};

inline SeenPacket seen_packet(const capture::Packet& p) {
    return {p.time.time_since_epoch().count(),
            p.number,
            p.file_offset,
            p.link_type,
            p.interface,
            p.original_length,
            Bytes(p.data.begin(), p.data.end()),
            std::string{p.comment},
            p.packet_id,
            Bytes(p.verdict.begin(), p.verdict.end())};
}

// `run`: how many packets are asked for at once; 0 is one by one.
inline SeenCapture read_all(bytes::Source& source, capture::Format format, std::size_t run = 0) {
    const auto reader = capture::open(source, format);
    SeenCapture seen;
    if (run == 0) {
        capture::Packet p;
        while (reader->next(p)) seen.packets.push_back(seen_packet(p));
    } else {
        std::vector<capture::Packet> packets(run);
        while (const std::size_t n = reader->next_run(packets))
            for (std::size_t i = 0; i < n; ++i) seen.packets.push_back(seen_packet(packets[i]));
    }
    seen.interfaces = reader->interfaces();
    seen.secrets = reader->secrets();
    seen.notices = reader->notices();
    seen.comments = reader->comments();
    return seen;
}

// What cannot be recognised is read as classic pcap, whose reader then says what is wrong.
inline SeenCapture read_all(bytes::View file) {
    bytes::MemorySource source{file};
    return read_all(source, capture::recognise(file).value_or(capture::Format::pcap));
}

}  // namespace rdpdx::test
