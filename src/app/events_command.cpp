#include <fmt/format.h>

#include <thread>

#include "parsers/events/json.hpp"
#include "src/analysis/field_names.hpp"
#include "src/app/archives.hpp"
#include "src/app/commands.hpp"
#include "src/app/console.hpp"
#include "src/app/digest.hpp"
#include "src/app/event_filter.hpp"
#include "src/app/evtx_dump.hpp"
#include "src/app/exit_codes.hpp"
#include "src/app/files.hpp"
#include "src/app/knowledge.hpp"
#include "src/app/redaction.hpp"
#include "src/app/secrets.hpp"
#include "src/app/zone.hpp"
#include "src/report/words.hpp"

namespace rdpdx::app {
namespace {

using analysis::Kind;

EventFormat format_of(const std::string& word) {
    if (word == "jsonl") return EventFormat::jsonl;
    if (word == "xml") return EventFormat::xml;
    return word == "csv" ? EventFormat::csv : EventFormat::text;
}

class Printing {
public:
    // With `redactor` names are hidden: what one Printing has learned of all files another one prints.
    enum class Does { print, learn };
    Printing(const Options& options, const analysis::Knowledge& knowledge, const EventFilter& filter, Output& out,
             redact::Redactor* redactor = nullptr, Does does = Does::print)
        : options_{options}, knowledge_{knowledge}, filter_{filter}, out_{out} {
        how_.format = format_of(options.format);
        how_.filter = &filter_;
        how_.catalogue = &knowledge.events;
        how_.recover = evtx::recover_of(options.recover);
        how_.jobs = options.jobs ? options.jobs : std::max(1U, std::thread::hardware_concurrency());
        how_.redactor = redactor;
        how_.learning = does == Does::learn;
        if (redactor) how_.jobs = 1;
        how_.zone = *zone_for(options.tz);
    }

    void begin() {
        if (how_.format == EventFormat::csv) add_csv_header(text_);
        if (how_.format == EventFormat::xml) text_.add("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
        if (how_.redactor && how_.format == EventFormat::xml)
            text_.add(fmt::format("<!-- {} -->\n", report::kRedacted));
        if (how_.format == EventFormat::xml) text_.add("<Events>\n");
        if (how_.redactor && how_.format == EventFormat::text) text_.add(fmt::format("{}\n", report::kRedacted));
        flush();
    }
    void end() {
        if (how_.format == EventFormat::xml) text_.add("</Events>\n");
        flush();
    }

    void file(const FoundFile& given) try {
        FoundFile file = given;
        if (how_.learning) how_.redactor->learn(redact::What::path, given.shown);
        file.shown = showable(redact::What::path, given.shown);
        if (how_.redactor && !given.content && !std::filesystem::is_regular_file(given.path))
            return not_opened(given.shown, "it has to be read twice to hide names; save it to a file");
        FileSource source{
            file, how_.learning && options_.redact_key.empty() ? FileSource::Hash::keyed : FileSource::Hash::no};
        const auto recognised = analysis::recognise(source.peek(analysis::kHeadNeeded));
        const bool carve = how_.recover == evtx::Recover::carve;
        if (!analysis::is_log(recognised.kind) && !carve) return no_log(file, recognised);
        usable_ = true;
        said_ = 0;
        if (recognised.kind == Kind::event_xml || recognised.kind == Kind::event_json) {
            text_log(source, file.shown, recognised.kind);
        } else {
            binary_log(source, file.shown);
        }
        for (const std::string& note : file.notes) say(file.shown, note);
        if (how_.learning) {
            source.finish();
            seed_.add(source.seed());
        }
        if (source.failed()) say(file.shown, fmt::format("reading broke off after {} bytes", source.size()));
        if (said_ > kShown && !options_.verbose && !options_.quiet)
            complain(fmt::format("{}: and {} more such notes", file.shown, said_ - kShown));
    } catch (const FileError& error) {
        not_opened(given.shown, error.what());
    }
    // Of the files that were learned of.
    std::string seed() { return seed_.hex(); }
    void not_opened(const std::string& shown, const std::string& why) {
        if (!how_.learning) complain(fmt::format("{}: cannot be opened: {}", shown, why));
        trouble_ = true;
    }

    void lost(const ArchiveLoss& loss) {
        said_ = 0;
        say(showable(redact::What::path, loss.shown), loss.why);
    }

    bool usable() const noexcept { return usable_; }
    bool trouble() const noexcept { return trouble_; }

private:
    static constexpr std::size_t kShown = 50;                    // notes about one file
    static constexpr std::size_t kPiece = std::size_t{1} << 18;  // bytes that are written at once

    void flush() {
        out_.write(text_.view());
        text_.clear();
    }
    void say(const std::string& shown, const std::string& what) {
        trouble_ = true;
        const bool shown_too = ++said_ <= kShown || options_.verbose;
        if (shown_too && !options_.quiet) complain(fmt::format("{}: {}", shown, showable(redact::What::text, what)));
    }
    std::string showable(redact::What what, const std::string& text) {
        return how_.redactor && !how_.learning ? how_.redactor->redacted(what, text) : text;
    }
    void no_log(const FoundFile& file, const analysis::Recognised& what) {
        if (!options_.quiet)
            complain(fmt::format("{}: {} holds no events{}{}", file.shown, what.description,
                                 what.advice.empty() ? "" : "; ", what.advice));
        trouble_ = trouble_ || what.kind == Kind::unrecognised;
    }
    void text_log(FileSource& source, const std::string& shown, Kind kind) {
        if (kind == Kind::event_json && !names_) names_.emplace(knowledge_.events);
        const auto print = [&](events::Event&& event) {
            if (names_) names_->apply(event);
            print_event(text_, event, shown, how_);
            if (text_.size() >= kPiece) flush();
            return out_.good();
        };
        const auto unwanted = [&](const events::Head& head) { return !how_.learning && !filter_.may_accept(head); };
        const auto result =
            kind == Kind::event_json ? events::read_json(source, print) : events::read_xml(source, print, unwanted);
        flush();
        for (const auto& d : result.damage) say(shown, fmt::format("at byte {}: {}", d.offset, d.text));
    }
    void binary_log(FileSource& source, const std::string& shown) {
        if (!dumper_) dumper_.emplace(how_);
        const auto result = dumper_->dump(source, shown, out_, [&](const evtx::Notice& notice) {
            say(shown, fmt::format("at byte {} (chunk {}): {}", notice.offset, notice.chunk, notice.text));
        });
        if (result.copies > 0 && !options_.quiet)
            complain(
                fmt::format("{}: {} recovered records that were there already are left out", shown, result.copies));
        if (!options_.verbose) return;
        for (const std::string& fact : result.facts)
            complain(fmt::format("{}: in the header: {}", shown, showable(redact::What::text, fact)));
    }

    const Options& options_;
    const analysis::Knowledge& knowledge_;
    const EventFilter& filter_;
    Output& out_;
    EventPrint how_;
    std::optional<EvtxDumper> dumper_;
    evtx::TextBuffer text_;
    std::optional<analysis::FieldNames> names_;
    Digest seed_;
    std::size_t said_{};
    bool usable_{}, trouble_{};
};

// The names of all events and what they become, by the key or, without one, by the files' bytes.
void learn_names(const Options& options, const analysis::Knowledge& knowledge, const EventFilter& filter, Output& out,
                 const Found& found, const std::optional<redact::Key>& key, redact::Redactor& redactor) {
    Options silent = options;
    silent.quiet = true;
    silent.verbose = false;
    Printing learning{silent, knowledge, filter, out, &redactor, Printing::Does::learn};
    for (const FoundFile& file : found.files) learning.file(file);
    for (const ArchiveLoss& loss : found.lost) redactor.learn(redact::What::path, loss.shown);
    redactor.use(key ? *key : redaction_key_of(learning.seed()));
}

}  // namespace

int events(const Options& options) {
    std::vector<yaml::Problem> problems;
    const auto knowledge = load_knowledge(options.rules, problems, Needed::events);
    for (const auto& p : problems) complain(yaml::to_text(p));
    if (!problems.empty()) return kRuleWrong;
    const auto filter = EventFilter::of(options, knowledge.events);
    if (const auto* wrong = std::get_if<std::string>(&filter)) {
        complain(*wrong);
        return kUsage;
    }
    const auto passwords = load_passwords(options);
    std::optional<redact::Key> key;
    if (!passwords || !zone_is_known(options) || !load_redaction_key(options, key)) return kUsage;
    Output out{options.output};
    if (!out.good()) {
        complain(fmt::format("cannot write {}", options.output));
        return kNoOutput;
    }
    Found found = find_files(options.arguments);
    expand_archives(found, {}, *passwords);
    redact::Redactor redactor;
    if (options.redact) learn_names(options, knowledge, std::get<EventFilter>(filter), out, found, key, redactor);
    Printing printing{options, knowledge, std::get<EventFilter>(filter), out, options.redact ? &redactor : nullptr};
    printing.begin();
    for (const ArchiveLoss& loss : found.lost) printing.lost(loss);
    for (const NotFound& n : found.not_found) printing.not_opened(n.shown, n.why);
    for (const std::string& folder : found.empty) complain(fmt::format("{}: the folder holds no files", folder));
    for (const FoundFile& file : found.files)
        if (out.good()) printing.file(file);
    printing.end();
    if (!out.finish()) {
        complain("the output could not be written");
        return kNoOutput;
    }
    if (!after_redaction(options, redactor, {})) return kNoOutput;
    if (!printing.usable()) {
        complain("no event log that could be read");
        return kNoInput;
    }
    return printing.trouble() ? kSomeInputBad : kDone;
}

}  // namespace rdpdx::app
