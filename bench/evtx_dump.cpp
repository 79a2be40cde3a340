// Dumps event logs as fast as parsers/evtx can, to measure it and to compare it with other readers.
//
//   bench_evtx_dump [-f jsonl|xml|none] [-w PROVIDER[:ID,ID...]]... [--recover off|slack|carve] [-j JOBS] FILE...
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "parsers/evtx/filter.hpp"
#include "parsers/evtx/log.hpp"

using namespace rdpdx;

namespace {

class FileSource final : public bytes::Source {
public:
    explicit FileSource(const char* path) : file_{::open(path, O_RDONLY)} {}
    ~FileSource() override { ::close(file_); }
    FileSource(const FileSource&) = delete;
    FileSource& operator=(const FileSource&) = delete;
    std::size_t read(std::span<std::byte> into) override {
        std::size_t done = 0;
        while (done < into.size()) {
            const auto n = ::read(file_, into.data() + done, into.size() - done);
            if (n <= 0) break;
            done += static_cast<std::size_t>(n);
        }
        return done;
    }

private:
    int file_;
};

struct Settings {
    std::string format = "jsonl";
    evtx::Recover recover{evtx::Recover::off};
    evtx::Wanted wanted;
    std::vector<const char*> files;
    bool quiet{};
    unsigned jobs{1};
};

evtx::Wanted::Provider parse_wanted(const std::string& text) {
    evtx::Wanted::Provider out;
    const auto colon = text.find(':');
    out.name = text.substr(0, colon);
    for (std::size_t at = colon; at != std::string::npos; at = text.find(',', at + 1))
        out.ids.push_back(static_cast<std::uint32_t>(std::strtoul(text.c_str() + at + 1, nullptr, 10)));
    return out;
}

Settings parse(int argc, char** argv) {
    Settings out;
    for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i];
        const bool more = i + 1 < argc;
        if (word == "-f" && more)
            out.format = argv[++i];
        else if (word == "-w" && more)
            out.wanted.providers.push_back(parse_wanted(argv[++i]));
        else if (word == "-q")
            out.quiet = true;
        else if (word == "-j" && more)
            out.jobs = static_cast<unsigned>(std::max(1, std::atoi(argv[++i])));
        else if (word == "--recover" && more) {
            const std::string how = argv[++i];
            out.recover = how == "carve"   ? evtx::Recover::carve
                          : how == "slack" ? evtx::Recover::slack
                                           : evtx::Recover::off;
        } else
            out.files.push_back(argv[i]);
    }
    return out;
}

void write_all(std::string_view text) {
    while (!text.empty()) {
        const auto n = ::write(1, text.data(), text.size());
        if (n <= 0) std::exit(1);
        text.remove_prefix(static_cast<std::size_t>(n));
    }
}

void tell(const std::vector<evtx::Notice>& notices, const Settings& settings) {
    if (settings.quiet) return;
    for (const auto& n : notices) fmt::print(stderr, "at byte {} (chunk {}): {}\n", n.offset, n.chunk, n.text);
}

// One thread's share: everything that a batch needs to become text.
class Worker {
public:
    Worker(const Settings& settings, const char* file)
        : settings_{&settings},
          reader_{cache_, {settings.recover, file}},
          filter_{cache_, settings.wanted},
          json_{settings.format == "jsonl"},
          xml_{settings.format == "xml"},
          event_{settings.format == "event"} {}

    void work(const evtx::Batch& batch, bool write_chunks) {
        for (const evtx::Chunk& chunk : batch.chunks()) {
            reader_.open(chunk);
            while (reader_.next()) {
                ++records_;
                if (!filter_.accepts(reader_)) continue;
                ++wanted_;
                if (json_) reader_.json(text_);
                if (xml_) reader_.xml(text_);
                if (event_) fields_ += reader_.event().fields.size();
            }
            tell(reader_.take_notices(), *settings_);
            if (write_chunks) flush();
        }
    }
    void flush() {
        write_all(text_.view());
        text_.clear();
    }
    std::uint64_t records() const { return records_; }
    std::uint64_t wanted() const { return wanted_; }
    std::uint64_t parsed() const { return cache_.parsed(); }

private:
    const Settings* settings_;
    evtx::TemplateCache cache_;
    evtx::ChunkReader reader_;
    evtx::Filter filter_;
    evtx::TextBuffer text_;
    bool json_, xml_, event_;
    std::uint64_t records_{}, wanted_{}, fields_{};
};

void dump_alone(const char* file, const Settings& settings) {
    FileSource source{file};
    evtx::LogReader log{source, settings.recover};
    Worker worker{settings, file};
    for (evtx::Batch batch; log.next(batch);) worker.work(batch, true);
    tell(log.take_notices(), settings);
    fmt::print(stderr, "{}: records {} wanted {} templates parsed {}\n", file, worker.records(), worker.wanted(),
               worker.parsed());
}

// Rounds of one batch a job, written in order: enough to see how the work spreads.
void dump_together(const char* file, const Settings& settings) {
    FileSource source{file};
    evtx::LogReader log{source, settings.recover};
    std::vector<std::unique_ptr<Worker>> workers;
    std::vector<evtx::Batch> batches(settings.jobs);
    for (unsigned i = 0; i < settings.jobs; ++i) workers.push_back(std::make_unique<Worker>(settings, file));
    for (bool more = true; more;) {
        std::vector<std::jthread> threads;
        for (unsigned i = 0; i < settings.jobs && more; ++i) {
            more = log.next(batches[i]);
            if (more) threads.emplace_back([&, i] { workers[i]->work(batches[i], false); });
        }
        threads.clear();
        for (auto& worker : workers) worker->flush();
    }
    std::uint64_t records = 0;
    for (auto& worker : workers) records += worker->records();
    fmt::print(stderr, "{}: records {} jobs {}\n", file, records, settings.jobs);
}

}  // namespace

int main(int argc, char** argv) {
    const Settings settings = parse(argc, argv);
    for (const char* file : settings.files)
        settings.jobs > 1 ? dump_together(file, settings) : dump_alone(file, settings);
    return 0;
}
