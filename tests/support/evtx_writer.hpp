// Writes Windows event logs (EVTX) for tests and samples: whole ones as Windows lays them out, and broken ones.
//
//   const Bytes log = evtx::write_log({{.provider = "Microsoft-Windows-Security-Auditing", .id = 4625, .channel =
//   "Security",
//                                       .data = {{"Status", evtx::hex_int32(0xC000006D)}}}});
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/evtx_element.hpp"
#include "tests/support/evtx_values.hpp"

namespace rdpdx::test::evtx {

// An element of EventData: <Data Name='name'>, or <Data> where the name is empty.
struct Data {
    std::string name;
    Value value;
};

struct LogEvent {
    std::string provider = {}, provider_guid = {};
    std::uint16_t id = 0;
    std::optional<std::uint16_t> qualifiers = {};
    std::uint8_t version = 0, level = 4;
    std::uint16_t task = 0;
    std::uint8_t opcode = 0;
    std::uint64_t keywords = 0;
    bytes::Time time = {};
    std::optional<std::uint64_t> record = {};  // otherwise one more than the event before has; the first has 1
    std::string activity_id = {}, related_activity_id = {};  // GUIDs
    std::uint32_t process = 0, thread = 0;
    std::string channel = {}, computer = {}, user_sid = {};
    std::vector<Data> data = {};
    std::optional<Bytes> binary = {};
    std::optional<Element> user_data = {};  // what UserData holds; there is no EventData then
};

struct WriteOptions {
    bool templates = true;              // false: elements and text only, as forwarded logs have them
    std::size_t records_per_chunk = 0;  // 0: as many as fit
    std::size_t stale_records = 0;  // so many at the end lie behind the last chunk's free space; no header counts them
};

// A valid log of as many chunks as it takes, at least one. Throws std::invalid_argument for ids that are no GUID or
// SID, std::length_error for an event that no chunk can hold.
Bytes write_log(const std::vector<LogEvent>& events, const WriteOptions& options = {});

inline constexpr std::size_t kFileHeaderSize = 0x1000;
std::size_t chunks_in(const Bytes& log);

// A log as it is found on a machine that crashed: flagged dirty, and its header knows `chunks` chunks and no record.
Bytes mark_dirty(Bytes log, std::uint16_t chunks);
// The header's checksum stays right.
Bytes set_chunk_count(Bytes log, std::uint16_t chunks);
// Chunks count from 0. Each change leaves everything else as it was.
Bytes break_header_checksum(Bytes log, std::size_t chunk);
Bytes break_records_checksum(Bytes log, std::size_t chunk);
Bytes break_chunk_magic(Bytes log, std::size_t chunk);
// Leaves `keep` bytes of the last chunk.
Bytes cut_last_chunk(Bytes log, std::size_t keep);

}  // namespace rdpdx::test::evtx
