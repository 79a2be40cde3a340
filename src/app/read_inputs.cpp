#include "src/app/read_inputs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "src/app/archives.hpp"
#include "src/app/console.hpp"
#include "src/app/digest.hpp"
#include "src/app/files.hpp"
#include "src/app/key_logs.hpp"
#include "src/app/knowledge.hpp"
#include "src/app/words.hpp"

namespace rdpdx::app {
namespace {

using analysis::Kind;
using analysis::Reading;

// Lets the progress know what goes by.
class Counted final : public bytes::Source {
public:
    Counted(FileSource& source, Progress& progress) : source_{source}, progress_{progress} {}
    std::size_t read(std::span<std::byte> into) override {
        const std::size_t n = source_.read(into);
        progress_.add_bytes(n);
        return n;
    }
    std::optional<bytes::View> look(std::uint64_t offset, std::size_t n) override {
        const auto view = source_.look(offset, n);
        const std::uint64_t seen = view ? offset + view->size() : 0;
        if (seen > seen_) progress_.add_bytes(seen - std::exchange(seen_, seen));
        return view;
    }

private:
    FileSource& source_;
    Progress& progress_;
    std::uint64_t seen_{};  // how far look() has come
};

Reading unusable(const std::string& shown, std::string kind, std::string note) {
    Reading out;
    out.input.path = shown;
    out.input.kind = std::move(kind);
    out.input.status = model::InputStatus::unrecognised;
    out.input.notes.push_back(std::move(note));
    return out;
}

// What all inputs are read with.
struct How {
    analysis::ReadOptions options;
    FileSource::Hash hash{};
    EventsWhenAsked& events;
    Progress& progress;
};

Reading read_kind(bytes::Source& source, Kind kind, std::uint32_t index, const How& how) {
    if (analysis::is_log(kind)) return analysis::read(source, kind, index, how.options, how.events.get());
    return analysis::read(source, kind, index, how.options, {});
}

// Secrets may stand at the end of a capture, behind what they open. A pipe cannot be read twice.
Reading read_again(const FoundFile& file, Kind kind, std::uint32_t index, analysis::ReadOptions options,
                   Reading first) {
    if (!file.content && !std::filesystem::is_regular_file(file.path)) {
        first.input.notes.emplace_back(
            "Its decryption secrets stand behind the packets that they open: save it to a file to have them used.");
        return first;
    }
    options.secrets = *first.late_secrets;
    FileSource source{file, FileSource::Hash::no, FileSource::Look::no};
    Reading again = analysis::read(source, kind, index, options, {});
    again.late_secrets.reset();
    return again;
}

Reading read_one(const FoundFile& file, std::uint32_t index, const How& how, std::string& seed, FileSource::Look look) {
    try {
        FileSource source{file, how.hash, look};
        auto recognised = analysis::recognise(source.peek(analysis::kHeadNeeded));
        // Records of event logs may stand in anything.
        const bool search =
            recognised.kind == Kind::unrecognised && !recognised.key_log && how.options.recover == evtx::Recover::carve;
        if (search) recognised = {Kind::evtx, recognised.description + ", searched for event records", {}};
        Reading out;
        if (recognised.key_log) {
            out = read_key_log(source);
            out.input.kind = recognised.description;
        } else if (recognised.kind == Kind::unrecognised) {
            std::string note = "Not read: neither a packet capture (pcap, pcapng) nor an event log (EVTX, XML, JSON).";
            if (!recognised.advice.empty()) note += " To use it, " + recognised.advice + ".";
            out = unusable(file.shown, recognised.description, std::move(note));
        } else {
            Counted counted{source, how.progress};
            out = read_kind(counted, recognised.kind, index, how);
            if (out.late_secrets) out = read_again(file, recognised.kind, index, how.options, std::move(out));
            if (search && out.input.items == 0)
                out = unusable(file.shown, {}, "Not read: no record of an event log was found in it.");
            out.input.kind = recognised.description;
        }
        if (source.lost()) return read_one(file, index, how, seed, FileSource::Look::no);
        source.finish();
        out.input.path = file.shown;
        out.input.sha256 = source.sha256();
        if (how.hash == FileSource::Hash::keyed) seed = source.seed();
        out.input.bytes = source.size();
        for (const std::string& note : file.notes) out.input.notes.push_back(note);
        if (!file.notes.empty() && out.input.status == model::InputStatus::ok)
            out.input.status = model::InputStatus::damaged;
        if (source.failed()) {
            out.input.status = model::InputStatus::damaged;
            out.input.notes.push_back(fmt::format("Reading broke off after {} bytes.", source.size()));
        }
        return out;
    } catch (const FileError& error) {
        return unusable(file.shown, "unreadable", fmt::format("Cannot be opened: {}.", error.what()));
    }
}

analysis::ReadOptions read_options(const Options& options, const tls::Secrets& secrets, std::size_t captures) {
    analysis::ReadOptions out;
    out.filter = options.filter;
    out.recover = evtx::recover_of(options.recover);
    if (options.port) out.ports.insert(*options.port);
    out.secrets = secrets;
    out.decrypt_all = options.decrypt == "all";
    out.several = captures > 1;
    return out;
}

// A SHA-256 takes longer than all the rest, so it is made only where it is shown.
FileSource::Hash hash_wanted(const Options& options) {
    if (options.redact && options.redact_key.empty()) return FileSource::Hash::keyed;
    const bool shown = options.command == "inspect" || std::ranges::any_of(options.targets, [](const Target& target) {
                           return has_word("json sarif html markdown markdown-long", target.format);
                       });
    return shown ? FileSource::Hash::yes : FileSource::Hash::no;
}

void tell(const Options& options, const model::Input& input) {
    constexpr std::size_t kShown = 5;
    if (options.quiet) return;
    const bool fine = input.status == model::InputStatus::ok;
    if (fine && !options.verbose) return;
    std::size_t n = 0;
    for (const auto& note : input.notes) {
        if (++n > kShown && !options.verbose) {
            complain(fmt::format("{}: and {} more notes; rdpdx inspect shows them all", input.path,
                                 input.notes.size() - kShown));
            break;
        }
        complain(fmt::format("{} ({}): {}", input.path, input.kind, note));
    }
}

}  // namespace

// A folder full of other things shall not bury what matters.
void tell_inputs(const Options& options, const std::vector<const model::Input*>& inputs) {
    constexpr std::size_t kStrangersShown = 20;
    std::size_t strangers = 0;
    for (const model::Input* input : inputs) {
        const bool stranger = input->status == model::InputStatus::unrecognised;
        if (!stranger || ++strangers <= kStrangersShown || options.verbose) tell(options, *input);
    }
    if (strangers > kStrangersShown && !options.verbose && !options.quiet)
        complain(fmt::format("and {} more files that are neither captures nor event logs; rdpdx inspect lists them",
                             strangers - kStrangersShown));
}

namespace {

void tell_readings(const Options& options, const std::vector<Reading>& readings) {
    std::vector<const model::Input*> inputs;
    for (const Reading& reading : readings) inputs.push_back(&reading.input);
    tell_inputs(options, inputs);
}

// Whatever the order in which the inputs were given.
std::string seed_of(std::vector<std::string> seeds) {
    std::ranges::sort(seeds);
    Digest digest;
    for (const std::string& seed : seeds) digest.add(seed);
    return digest.hex();
}

}  // namespace

InputsRead read_inputs(const Options& options, analysis::Knowledge& knowledge, const GivenSecrets& given) {
    Found found = find_files(options.arguments);
    expand_archives(found, {}, given.passwords);
    tls::Secrets secrets = given.tls;
    const std::size_t captures = take_key_logs(found.files, secrets);
    EventsWhenAsked events{knowledge, options.rules};

    InputsRead out;
    out.readings.resize(found.files.size());
    std::vector<std::string> seeds(found.files.size());
    {
        Progress progress{options, found.files.size()};
        const How how{read_options(options, secrets, captures), hash_wanted(options), events, progress};
        std::atomic<std::size_t> next{0};
        const auto work = [&] {
            for (std::size_t i = next++; i < found.files.size(); i = next++) {
                out.readings[i] =
                    read_one(found.files[i], static_cast<std::uint32_t>(i), how, seeds[i], FileSource::Look::yes);
                progress.input_done();
            }
        };
        const unsigned wanted = options.jobs ? options.jobs : std::max(1U, std::thread::hardware_concurrency());
        const auto threads = std::min<std::size_t>(wanted, found.files.size());
        std::vector<std::jthread> pool;
        for (std::size_t i = 1; i < threads; ++i) pool.emplace_back(work);
        work();
    }
    out.seed = seed_of(std::move(seeds));
    for (const ArchiveLoss& lost : found.lost) {
        out.readings.push_back(unusable(lost.shown, lost.kind, lost.why));
        if (lost.damaged) out.readings.back().input.status = model::InputStatus::damaged;
    }
    if (!options.redact) tell_readings(options, out.readings);
    for (const NotFound& n : found.not_found) {
        out.readings.push_back(unusable(n.name, "unreadable", fmt::format("Cannot be opened: {}.", n.why)));
        if (!options.quiet) complain(fmt::format("{}: cannot be opened: {}", n.shown, n.why));
    }
    for (const std::string& folder : found.empty)
        if (!options.quiet) complain(fmt::format("{}: the folder holds no files", folder));
    for (std::size_t i = 0; i < found.files.size(); ++i)
        out.usable += !out.readings[i].key_log && out.readings[i].input.status != model::InputStatus::unrecognised;
    out.files = std::move(found.files);
    out.trouble = std::ranges::any_of(
        out.readings, [](const Reading& reading) { return reading.input.status != model::InputStatus::ok; });
    return out;
}

}  // namespace rdpdx::app
