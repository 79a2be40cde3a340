// The records of a chunk, read and rendered. One reader and one cache for each thread; chunks are independent of each
// other, so they may be read side by side and put in order afterwards.
//
//   evtx::TemplateCache cache;
//   evtx::ChunkReader reader{cache, {.file = "Security.evtx"}};
//   evtx::LogReader log{source, evtx::Recover::off};
//   for (evtx::Batch batch; log.next(batch);)
//       for (const evtx::Chunk& chunk : batch.chunks())
//           for (reader.open(chunk); reader.next();) reader.json(text);
//
// A JSON line (compact, one record each):
//   {"time":"2019-03-18T17:22:42.1234567Z","provider":"...","guid":"...","source":"...","id":1,"qualifiers":0,
//    "version":0,"level":4,"task":0,"opcode":0,"keywords":"0x...","record":1,"channel":"...","computer":"...",
//    "user":"S-1-...","activity":"...","related":"...","process":1,"thread":1,"system":[...],"file":"...","offset":5120,
//    "recovered":true,"damaged":true,"data":[{"name":"...","value":"..."}],"message":"...","rendering":[...]}
// guid, source (Provider's EventSourceName), qualifiers, user, activity, related, system (what else System holds),
// file, recovered, damaged, message and rendering (RenderingInfo) are there only when there is something to say; GUIDs
// are in lower case without braces, and a correlation id of zeros is none. Values and their names are those of
// events::Event.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "parsers/evtx/chunk.hpp"
#include "parsers/evtx/render.hpp"

namespace rdpdx::evtx {

struct Record {
    std::uint64_t id{};       // event record identifier of the frame
    std::uint64_t written{};  // 100 ns since 1601, of the frame; the event's own time is in System
    std::uint64_t offset{};   // of the frame in the file
    std::uint64_t chunk{};    // number of the chunk
    bool recovered{};
    bool damaged{};  // its end was overwritten or cut off, or its template is gone: values or their names are missing
};

class ChunkReader {
public:
    struct Options {
        Recover recover{Recover::off};
        std::string file;  // as shown in JSON; none if empty
    };
    ChunkReader(TemplateCache& templates, const Options& options);
    ChunkReader(const ChunkReader&) = delete;
    ChunkReader& operator=(const ChunkReader&) = delete;

    // The chunk's bytes must live until the next open().
    void open(const Chunk& chunk);
    // Goes to the next record that has an event. What could not be read is told by notices().
    bool next();

    const Record& record() const noexcept { return record_; }
    // The template of the record's outermost fragment; null for a record without one.
    const Template* outer() const noexcept { return template_; }

    // Values of System, without rendering anything else. A text is valid until the next call.
    std::string_view text(SystemField field);
    std::optional<std::uint64_t> number(SystemField field) {
        const auto plain = number_of(bytes_, slot(source(field)));
        return plain ? plain : number_of_text(field);
    }
    std::optional<std::uint64_t> filetime();  // TimeCreated
    std::string guid(SystemField field);      // lower case without braces
    // Where a field of System comes from, and its raw value if that is a slot: for filters that compare raw values.
    const Source& source(SystemField field) const noexcept { return plan_->of(field); }
    Slot slot(const Source& source) const noexcept {
        return source.kind == Source::Kind::slot && source.slot < slots_.size() ? slots_[source.slot] : Slot{};
    }
    bytes::View chunk_bytes() const noexcept { return bytes_; }

    void json(TextBuffer& out);  // a line with its end
    void xml(TextBuffer& out);   // one Event element with an end of line, no declaration
    // The fields that are asked for, as event() would have them, and nothing else.
    void choose(FieldChoice& choice);
    // Adds bytes to `key` that tell apart what choose() would find, and by whose provider; they mean something to this
    // question only, while the templates' generation() is the same. False if only text tells, or much of it.
    bool add_key(FieldQuestion& question, TextBuffer& key);
    std::uint64_t generation() const noexcept { return templates_->generation(); }
    // `ordinal` is left to the caller.
    events::Event event();

    // The same for records that have the same identifier, time and content, wherever they stand.
    std::uint64_t key();

    // What was lost or odd since the last call, in file order.
    std::vector<Notice> take_notices();

private:
    bool accept(const RawRecord& raw, bool placed);
    void look_at(bytes::View bytes);
    bool find_event(std::size_t begin, std::size_t end, bool whole);
    bool place(RawRecord& raw);
    bool open_instance(std::size_t at, std::size_t end);
    bool open_tree(std::size_t at, std::size_t end, bool whole);
    bool open_bare(std::size_t at, std::size_t end, bool placed);
    bool use(Template* known);
    void use(std::vector<Node> tree);
    std::optional<std::uint64_t> number_of_text(SystemField field);
    void begin(std::size_t written);
    void finish();
    void note(std::string text);

    TemplateCache* templates_;
    Renderer renderer_;
    Recover recover_;
    std::string file_;  // ,"file":"..." or nothing

    Chunk chunk_;
    bytes::View bytes_;  // what offsets count from: the chunk, or a part of a stretch of loose records
    std::optional<std::size_t> loose_base_;
    std::size_t looks_{};  // how often bytes_ was changed
    std::optional<RecordWalker> walker_;
    std::vector<Notice> notices_;
    std::vector<std::string> problems_;

    Record record_;
    Template* template_{};
    std::vector<Slot> slots_;
    std::vector<Node> tree_;  // of a record without a template; only slots_ are left to fill in, if anything
    std::optional<EventPlan> tree_plan_;
    EventPlan* plan_{};  // of the template or of the tree
    TextBuffer text_, key_text_;
};

}  // namespace rdpdx::evtx
