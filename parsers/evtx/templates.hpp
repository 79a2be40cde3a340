// Template definitions, parsed once and found again: in the chunk by offset, across chunks by what they say.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "parsers/evtx/binxml.hpp"
#include "parsers/evtx/plan.hpp"

namespace rdpdx::evtx {

struct Template {
    std::array<std::byte, 16> guid{};
    std::uint32_t id() const noexcept;  // first four bytes of the GUID
    std::vector<std::byte> image;       // the fragment's bytes where it was seen first
    Fragment fragment;
    Plans plans;
    std::uint32_t number{};  // of this template in its cache, from 0; a key for what others remember about it
};

// Outlives the chunks; one for each thread. Clears itself at the beginning of a chunk when it holds more than
// it may, so pointers hold for the chunk that asked for them.
class TemplateCache {
public:
    // `most`: bytes of definitions that are kept; what is made of them takes some times as much.
    static constexpr std::size_t kMaxCachedBytes = std::size_t{2} << 20;
    explicit TemplateCache(std::size_t most = kMaxCachedBytes);
    ~TemplateCache();
    TemplateCache(const TemplateCache&) = delete;
    TemplateCache& operator=(const TemplateCache&) = delete;

    void begin_chunk(bytes::View chunk);
    // The template whose definition lies at `offset` of the current chunk; null if there is none, or if the chunk has
    // had more of them than an honest one holds.
    Template* at(std::uint32_t offset);

    // The same, if it has that id. For a recovered record, whose definition was written over more often than not, one
    // that another chunk had under this id, or null.
    Template* of(std::uint32_t offset, std::uint32_t id);
    // Whether the current record is a recovered one.
    void recovering(bool yes) noexcept { recovering_ = yes; }
    bool recovering() const noexcept { return recovering_; }
    std::uint64_t borrowed() const noexcept { return borrowed_; }  // definitions that were another chunk's

    // A template made up for the fragment at [at, end), whose texts are then in `texts`; null for a fragment that is
    // more than elements and texts.
    Template* of_shape(std::size_t at, std::size_t end, std::vector<Slot>& texts);

    std::size_t size() const noexcept { return all_.size(); }
    std::uint64_t parsed() const noexcept { return parsed_; }  // definitions that were parsed, not found
    // Changes whenever Template::number means something else.
    std::uint64_t generation() const noexcept { return generation_; }

    static constexpr std::size_t kMaxBytesOfChunk = std::size_t{1} << 20;

private:
    struct Place {
        std::uint32_t offset{};
        Template* found{};
        bool used{};
    };
    static constexpr std::size_t kPlaces = 4096;
    Template* resolve(std::uint32_t offset);
    Template* add(std::unique_ptr<Template> made, std::size_t bytes);

    bytes::View chunk_;
    std::size_t most_;
    std::vector<Place> places_;  // open addressing by offset
    std::vector<std::uint32_t> used_places_;
    std::vector<std::unique_ptr<Template>> all_;
    std::unordered_map<std::uint64_t, std::vector<Template*>> by_key_;
    std::unordered_map<std::uint32_t, Template*> by_id_;  // those that need no chunk; the first of each id
    using Shapes = std::unordered_map<std::string, Template*>;
    Shapes by_shape_;                         // null: a shape of no use
    const Shapes::value_type* last_shape_{};  // neighbours in a log have the same
    std::string shape_;
    std::size_t bytes_{}, chunk_bytes_{};
    std::uint64_t parsed_{}, generation_{}, borrowed_{};
    bool recovering_{};
};

}  // namespace rdpdx::evtx
