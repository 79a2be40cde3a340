#include "parsers/evtx/reader.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "parsers/evtx/bare_event.hpp"
#include "parsers/evtx/little.hpp"
#include "parsers/evtx/record_keys.hpp"

namespace rdpdx::evtx {
namespace {

std::unique_ptr<EventPlan> compiled(const std::vector<Node>& nodes) {
    return std::make_unique<EventPlan>(compile_event(nodes));
}

}  // namespace

ChunkReader::ChunkReader(TemplateCache& templates, const Options& options)
    : templates_{&templates}, renderer_{templates}, recover_{options.recover} {
    if (!options.file.empty()) file_ = ",\"file\":\"" + dressed(Dress::json, options.file) + "\"";
}

void ChunkReader::open(const Chunk& chunk) {
    chunk_ = chunk;
    bytes_ = chunk.bytes;
    loose_base_.reset();
    looks_ = 0;
    templates_->begin_chunk(bytes_);
    renderer_.begin_chunk();
    walker_.emplace(chunk, recover_, notices_);
}

void ChunkReader::note(std::string text) { notices_.push_back({record_.offset, chunk_.number, std::move(text)}); }

std::vector<Notice> ChunkReader::take_notices() { return std::exchange(notices_, {}); }

bool ChunkReader::next() {
    RawRecord raw;
    while (walker_ && walker_->next(raw)) {
        renderer_.begin_record();
        record_ = {raw.id, raw.written, chunk_.offset + raw.at, chunk_.number, raw.recovered, raw.damaged};
        templates_->recovering(raw.recovered);
        const bool placed = !chunk_.loose || place(raw);
        if (accept(raw, placed)) return true;
    }
    return false;
}

void ChunkReader::look_at(bytes::View bytes) {
    if (bytes.data() == bytes_.data() && bytes.size() == bytes_.size()) return;
    ++looks_;
    bytes_ = bytes;
    templates_->begin_chunk(bytes_);
}

// A record outside any chunk tells where its chunk began if it holds its template's definition: that one knows its own
// offset. Those after it are taken to be from the same chunk. False if there is no saying what its offsets count from.
bool ChunkReader::place(RawRecord& raw) {
    constexpr std::size_t kMaxLooks = 256;  // a stretch of honest records has parts of a few chunks
    const std::size_t begin = std::size_t{raw.at} + kRecordHeaderSize;
    const std::uint32_t definition = u32_at(chunk_.bytes, begin + 10);
    const std::size_t here = begin + 14;
    const bool has_definition = u32_at(chunk_.bytes, here + 4) == u32_at(chunk_.bytes, begin + 6) && definition <= here;
    if (has_definition) loose_base_ = here - definition;
    const std::size_t base = loose_base_.value_or(0);
    const bytes::View chunk = chunk_.bytes.subspan(base, std::min(kChunkSize, chunk_.bytes.size() - base));
    const bool placed = looks_ < kMaxLooks && loose_base_ && raw.at >= base && fits(chunk, raw.at - base, raw.size);
    look_at(placed ? chunk : chunk_.bytes);
    if (placed) raw.at -= static_cast<std::uint32_t>(base);
    return placed;
}

bool ChunkReader::accept(const RawRecord& raw, bool placed) {
    // A damaged record has no copy of its size at its end.
    const std::size_t begin = std::size_t{raw.at} + kRecordHeaderSize,
                      end = std::size_t{raw.at} + raw.size - (raw.damaged ? 0 : 4);
    if (!placed) {
        if (open_instance(begin, end) || open_bare(begin, end, false)) return true;
        note(fmt::format("the loose record {} cannot be read: the names in it are not there", raw.id));
        return false;
    }
    if (!find_event(begin, end, !raw.damaged)) return false;
    if (!raw.damaged || number(SystemField::record) == raw.id) return true;
    note(fmt::format("record {} cannot be read: it was overwritten", raw.id));
    return false;
}

bool ChunkReader::find_event(std::size_t begin, std::size_t end, bool whole) {
    if (open_instance(begin, end)) {
        if (template_->fragment.error)
            note("a template definition is broken: " + bytes::describe(*template_->fragment.error));
        return true;
    }
    return use(templates_->of_shape(begin, end, slots_)) || open_tree(begin, end, whole);
}

// The usual record: a fragment header, one template instance, and values that all fit.
bool ChunkReader::open_instance(std::size_t at, std::size_t end) {
    at = skip_fragment_header(bytes_, at);
    if (u8_at(bytes_, at) != token::kTemplateInstance) return false;
    const auto head = parse_instance_head(bytes_, at + 1, end);
    if (!head || !parse_values(bytes_, head->values, end, slots_).whole) return false;
    // A definition whose GUID is not the one asked for belongs to somebody else.
    Template* const known = templates_->of(head->definition, head->id);
    return known && !known->fragment.instances && use(known);
}

bool ChunkReader::open_tree(std::size_t at, std::size_t end, bool whole_record) {
    const Fragment fragment = parse_fragment(bytes_, at, end);
    Materialized whole = materialize(*templates_, bytes_, fragment.nodes, {});
    if (fragment.error) whole.problems.insert(whole.problems.begin(), bytes::describe(*fragment.error));
    slots_.clear();
    use(std::move(whole.nodes));
    const bool readable = plan_->has_event;
    if (!readable && whole_record && open_bare(at, end, true)) return true;
    if (!readable && whole.problems.empty()) whole.problems.emplace_back("it holds no element Event");
    for (const std::string& problem : whole.problems)
        note(fmt::format("record {}{}: {}", record_.id, readable ? "" : " cannot be read", problem));
    return readable;
}

// What a record says whose template is nowhere to be found.
bool ChunkReader::open_bare(std::size_t at, std::size_t end, bool placed) {
    BareEvent bare = read_bare_event(*templates_, bytes_, at, end, placed, record_.id, record_.written);
    if (bare.nodes.empty()) return false;
    slots_ = std::move(bare.slots);
    use(std::move(bare.nodes));
    record_.damaged = true;
    note(fmt::format("record {}: a template definition is missing, so {} not known", record_.id,
                     bare.usual ? "names and fixed texts are" : "names, fixed texts and the event's id are"));
    return true;
}

// False for a template that is none of a whole event.
bool ChunkReader::use(Template* known) {
    if (!known) return false;
    if (!known->plans.event) known->plans.event = compiled(known->fragment.nodes);
    template_ = known;
    plan_ = known->plans.event.get();
    return plan_->has_system;
}

void ChunkReader::use(std::vector<Node> tree) {
    tree_ = std::move(tree);
    tree_plan_ = compile_event(tree_);
    template_ = nullptr;
    plan_ = &*tree_plan_;
}

std::string_view ChunkReader::text(SystemField field) {
    begin(0);
    text_.clear();
    renderer_.add_text<Dress::plain>(plan_->of(field), slots_, text_);
    return text_.view();
}

std::optional<std::uint64_t> ChunkReader::number_of_text(SystemField field) {
    begin(0);
    return renderer_.number(plan_->of(field), slots_);
}

std::optional<std::uint64_t> ChunkReader::filetime() {
    begin(0);
    return renderer_.filetime(plan_->of(SystemField::time), slots_);
}

std::string ChunkReader::guid(SystemField field) {
    begin(0);
    return renderer_.guid(plan_->of(field), slots_);
}

void ChunkReader::begin(std::size_t written) { renderer_.begin(bytes_, problems_, written); }

void ChunkReader::finish() {
    for (std::string& problem : problems_) note(fmt::format("record {}: {}", record_.id, problem));
    problems_.clear();
}

void ChunkReader::json(TextBuffer& out) {
    begin(out.size());
    EventPlan& plan = *plan_;
    const auto list = [&](std::string_view key, const Plan& fields) {
        out.add(key);
        JsonSink sink{out};
        renderer_.fields(fields, slots_, sink);
        if (out.back() == ',') out.cut(out.size() - 1);
        out.add(']');
    };
    renderer_.head(plan, slots_, out);
    if (!plan.other_system.ops.empty()) list(",\"system\":[", plan.other_system);
    out.add(file_);
    out.add(",\"offset\":");
    out.advance(write_decimal(out.room(20), record_.offset));
    if (record_.recovered) out.add(",\"recovered\":true");
    if (record_.damaged) out.add(",\"damaged\":true");
    list(",\"data\":[", plan.data);
    if (plan.message.kind != Source::Kind::none) {
        out.add(",\"message\":\"");
        renderer_.add_text<Dress::json>(plan.message, slots_, out);
        out.add('"');
    }
    if (!plan.rendering.ops.empty()) list(",\"rendering\":[", plan.rendering);
    out.add("}\n");
    if (!problems_.empty()) finish();
}

void ChunkReader::xml(TextBuffer& out) {
    begin(out.size());
    if (template_) {
        auto& plan = template_->plans.xml;
        if (!plan) plan = std::make_unique<Plan>(compile_xml(template_->fragment.nodes));
        renderer_.xml(*plan, slots_, out);
    } else {
        renderer_.xml(compile_xml(tree_), slots_, out);
    }
    out.add('\n');
    if (!problems_.empty()) finish();
}

void ChunkReader::choose(FieldChoice& choice) {
    begin(0);
    choice.forget();
    ChoiceSink sink{choice, text_};
    renderer_.fields(plan_->data, slots_, sink);
    problems_.clear();  // whoever prints the record hears of them
}

bool ChunkReader::add_key(FieldQuestion& question, TextBuffer& key) {
    if (!template_) return false;
    begin(0);
    const bool known = renderer_.add_key(*template_, *plan_, slots_, question, key);
    problems_.clear();
    return known;
}

events::Event ChunkReader::event() {
    begin(0);
    const EventPlan& plan = *plan_;
    using enum SystemField;
    const auto text = [&](SystemField f) { return renderer_.text(plan.of(f), slots_); };
    const auto number = [&](SystemField f) { return renderer_.number(plan.of(f), slots_); };
    const auto number32 = [&](SystemField f) { return static_cast<std::uint32_t>(number(f).value_or(0)); };
    const auto correlation = [&](SystemField f) {
        std::string id = renderer_.guid(plan.of(f), slots_);
        return id.find_first_not_of("0-") == std::string::npos ? std::string{} : id;
    };
    events::Event e;
    e.provider = text(provider);
    if (e.provider.empty()) e.provider = text(source_name);
    e.provider_guid = renderer_.guid(plan.of(provider_guid), slots_);
    e.id = number32(id);
    if (const auto value = number(qualifiers)) e.qualifiers = static_cast<std::uint32_t>(*value);
    e.version = number32(version);
    e.level = number32(level);
    e.task = number32(task);
    e.opcode = number32(opcode);
    e.keywords = number(keywords).value_or(0);
    if (const auto ticks = renderer_.filetime(plan.of(time), slots_)) e.time = time_of_filetime(*ticks);
    e.record = number(SystemField::record).value_or(0);
    e.channel = text(channel);
    e.computer = text(computer);
    e.user_sid = text(user);
    e.activity_id = correlation(activity);
    e.related_activity_id = correlation(related);
    e.process = number32(process);
    e.thread = number32(thread);
    e.message = renderer_.text(plan.message, slots_);
    e.offset = record_.offset;
    FieldSink sink{e.fields, text_};
    renderer_.fields(plan.data, slots_, sink);
    if (!problems_.empty()) finish();
    return e;
}

std::uint64_t ChunkReader::key() {
    const std::size_t told = notices_.size();
    key_text_.clear();
    xml(key_text_);
    notices_.resize(told);  // whoever prints the record hears of them
    return record_key(record_.id, record_.written, key_text_.view());
}

}  // namespace rdpdx::evtx
