// One 64 KiB chunk of an EVTX file: BinXml records, and the names and template definitions they share.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/evtx_element.hpp"

namespace rdpdx::test::evtx {

inline constexpr std::size_t kChunkSize = 0x10000, kChunkHeaderSize = 0x200;

// The CRC-32 of zip and PNG.
std::uint32_t crc32(bytes::View data, std::uint32_t before = 0);

struct Record {
    std::uint64_t id{}, written{};  // the latter in ticks of a FILETIME
    // The frame holds the slot kPayloadSlot where the payload belongs; its value here is not used.
    Template frame, payload;
};
inline constexpr std::uint16_t kPayloadSlot = 17;  // as Windows numbers it, and the last one

class Chunk {
public:
    // False, and no change, if the record does not fit.
    bool add(const Record& record, bool templates);
    std::size_t records() const noexcept { return records_.size(); }
    // The finished chunk. `stale`: so many records at the end are beyond the free space that the header declares, as
    // if they were left from an earlier use. `first_number` counts the file's records from 1.
    Bytes finish(std::uint64_t first_number, std::size_t stale) const;

private:
    struct Shared {  // a name or a template definition
        std::string text;
        std::uint32_t offset{}, bucket{};
    };
    struct Placed {
        std::uint32_t offset{};
        std::uint64_t id{};
    };

    std::uint32_t position() const { return static_cast<std::uint32_t>(bytes_.size()); }
    void put(unsigned width, std::uint64_t value);
    void put(const Bytes& data);
    // Writes the size of what follows into the four bytes at `at`, of which the content begins at `from`.
    void patch_size(std::uint32_t at, std::uint32_t from);
    static std::uint32_t newest_in_bucket(const std::vector<Shared>& shared, std::uint32_t bucket, std::uint32_t below);

    void record(const Record& record, bool templates);
    void name(const std::string& text);
    void content(const Content& content);
    void element(const Element& element, bool in_template);
    void inner(const Element& of, bool in_template);
    void attributes(const Element& element);
    void definition(const Element& shape, const std::string& identity);
    void instance(const Template& instance, const Template* payload);

    Bytes bytes_ = Bytes(kChunkHeaderSize);
    std::vector<Shared> names_, templates_;
    std::vector<Placed> records_;
};

}  // namespace rdpdx::test::evtx
