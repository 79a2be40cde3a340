// Event logs of any kind, in every way there is to read them. What begins with a chunk's signature is read as a chunk,
// all else as a file. Checksums are left wrong: they stop nobody.
#include <array>
#include <cstdlib>
#include <map>

#include "parsers/evtx/filter.hpp"
#include "parsers/evtx/log.hpp"

using namespace rdpdx;

namespace {

void require(bool fact) {
    if (!fact) std::abort();
}

bool utf8(std::string_view text) { return bytes::valid_utf8(text) == text; }

// Records with the same key have the same values.
class Questions {
public:
    void ask(evtx::ChunkReader& reader) {
        if (generation_ != reader.generation()) {
            question_.forget();
            answers_.clear();
        }
        generation_ = reader.generation();
        key_.clear();
        if (!reader.add_key(question_, key_)) return;
        reader.choose(question_.choice());
        std::string values;
        for (const char* const name : kNames) {
            const std::string* const value = question_.choice().value(name);
            values += value ? '+' + *value : std::string{"-"};
        }
        require(answers_.emplace(key_.view(), values).first->second == values);
        if (answers_.size() > kMost) answers_.clear();
    }

private:
    static constexpr std::size_t kMost = 1000;
    static constexpr std::array kNames{"LogonType", "param1", "Data[1]", "Binary", "EventXML/Param1"};
    evtx::FieldQuestion question_{{kNames.begin(), kNames.end()}};
    std::map<std::string, std::string> answers_;
    std::uint64_t generation_{};
    evtx::TextBuffer key_;
};

void read_chunk(evtx::ChunkReader& reader, evtx::Filter& filter, const evtx::Chunk& chunk, evtx::TextBuffer& out) {
    Questions questions;
    constexpr std::size_t kEnough = std::size_t{32} << 20;  // hostile records may each become 8 MiB
    std::uint64_t last = chunk.offset;
    reader.open(chunk);
    while (reader.next()) {
        require(reader.record().offset >= last && reader.record().offset < chunk.offset + chunk.bytes.size());
        last = reader.record().offset;
        out.clear();
        reader.json(out);
        require(!out.view().empty() && out.back() == '\n' && out.view().find('\n') == out.size() - 1);
        const std::string once{out.view()};
        if (once.size() < 65536) require(utf8(once));
        out.clear();
        reader.json(out);
        require(out.view() == once);
        out.clear();
        reader.xml(out);
        const auto event = reader.event();
        require(event.offset == last);
        (void)filter.accepts(reader);
        questions.ask(reader);
        if (once.size() > kEnough) break;
    }
    for (const auto& notice : reader.take_notices()) require(notice.offset <= chunk.offset + chunk.bytes.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const bytes::View input = std::as_bytes(std::span{data, size});
    evtx::TextBuffer out;
    if (evtx::has_chunk_magic(input)) {
        evtx::TemplateCache templates;
        evtx::ChunkReader reader{templates, {evtx::Recover::slack, "fuzz"}};
        evtx::Filter filter{templates, {{{"TermDD", {50, 56}}}, {"System"}, {}, {}, {}}};
        const evtx::Chunk chunk{input.first(std::min(input.size(), evtx::kChunkSize)), 4096, 0, false, false, true};
        // The second time everything comes from the cache.
        for (int round = 0; round < 2; ++round) read_chunk(reader, filter, chunk, out);
        return 0;
    }
    for (const auto recover : {evtx::Recover::off, evtx::Recover::carve}) {
        evtx::TemplateCache templates;
        evtx::ChunkReader reader{templates, {recover, ""}};
        evtx::Filter filter{templates, {}};
        bytes::MemorySource source{input};
        evtx::LogReader log{source, recover};
        for (evtx::Batch batch; log.next(batch);)
            for (const evtx::Chunk& chunk : batch.chunks()) read_chunk(reader, filter, chunk, out);
        (void)log.take_notices();
    }
    return 0;
}
