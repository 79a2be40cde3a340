#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "parsers/capture/reader.hpp"
#include "src/analysis/analysis.hpp"
#include "src/analysis/packet_walk.hpp"
#include "src/analysis/read_logs.hpp"
#include "src/model/note.hpp"
#include "src/observe/texts.hpp"

namespace rdpdx::analysis {
namespace {

void note(model::Input& input, std::string text, bool damaged) {
    input.notes.push_back(std::move(text));
    if (damaged) input.status = model::InputStatus::damaged;
}

void note_losses(model::Input& input, const net::Losses& losses) {
    if (losses.unknown_link_type)
        note(input, fmt::format("{} packets have a link type that is not read.", losses.unknown_link_type), false);
    if (losses.malformed)
        note(input, fmt::format("{} packets are malformed and could not be followed to their end.", losses.malformed),
             false);
    if (losses.cut_by_snap_length)
        note(input, fmt::format("{} packets were cut short by the capture's snap length.", losses.cut_by_snap_length),
             false);
    if (losses.fragments_never_completed)
        note(input, fmt::format("{} fragmented packets never became whole.", losses.fragments_never_completed), false);
}

void note_reader(model::Input& input, const capture::Reader& reader) {
    for (const auto& n : reader.notices()) note(input, fmt::format("At byte {}: {}", n.file_offset, n.text), n.damaged);
    for (const auto& c : reader.comments())
        note(input, std::string{model::kCaptureComment} + bytes::valid_utf8(c), false);
    for (const auto& i : reader.interfaces())
        if (i.dropped.value_or(0) > 0)
            note(input, fmt::format("The capturing machine dropped {} packets.", *i.dropped), false);
    if (!reader.secrets().empty())
        note(input, "The capture carries decryption secrets, which are used. Think of that before you pass it on.",
             false);
}

// Precision is the file's, known from its first interface once a packet was read.
model::Precision precision_of(const capture::Reader& reader) {
    const auto& list = reader.interfaces();
    return !list.empty() && list.front().nanoseconds ? model::Precision::nano : model::Precision::micro;
}

// Secrets as they come while the file is read.
class CaptureSecrets {
public:
    explicit CaptureSecrets(const tls::Secrets& given) : secrets_{given} {}
    const tls::Secrets& get() const noexcept { return secrets_; }
    void take(const capture::Reader& reader) {
        constexpr std::uint32_t kTlsKeyLog = 0x544C534B;
        const auto& list = reader.secrets();
        for (; taken_ < list.size(); ++taken_) {
            if (list[taken_].type != kTlsKeyLog) continue;
            secrets_.key_log.add(std::as_bytes(std::span{list[taken_].data}));
            grown_ = true;
        }
    }
    // Since the last call.
    bool grown() noexcept { return std::exchange(grown_, false); }

private:
    tls::Secrets secrets_;
    std::size_t taken_{};
    bool grown_{};
};

void note_filter(model::Input& input, const PacketWalk& walk) {
    if (!walk.filter()) return;
    note(input, fmt::format("{} packets were left out by --filter.", walk.filtered()), false);
    for (const auto& [link, why] : walk.filter()->unusable())
        note(input,
             fmt::format("The filter does not fit packets of link type {}: {}", static_cast<unsigned>(link), why),
             false);
}

void cover(Reading& out, CoverageWatch& watch, const capture::Reader& reader, bool filtered) {
    out.input.coverage = watch.finish(reader, out.input, filtered);
    for (model::Track& t : out.tracks) {
        if (!t.wire) continue;
        t.wire->capture_end = watch.runs_on(t.ended);
        if (out.input.coverage) t.wire->dropped = out.input.coverage->dropped;
    }
    for (std::string& text : watch.notes()) note(out.input, std::move(text), false);
}

// Its TLS was not opened, for want of secrets perhaps.
bool locked(const model::Track& t) { return t.wire ? t.wire->tls_seen && !t.wire->opened : t.udp && t.udp->locked; }

Reading read_capture(bytes::Source& source, Kind kind, std::uint32_t index, const ReadOptions& options) {
    Reading out;
    const auto reader = capture::open(source, kind == Kind::pcap ? capture::Format::pcap : capture::Format::pcapng);
    std::vector<capture::Packet> packets(PacketWalk::kRun);
    std::size_t count = reader->next_run(packets);
    CaptureSecrets secrets{options.secrets};
    secrets.take(*reader);
    secrets.grown();
    out.input.precision = precision_of(*reader);
    observe::WireObserver observer{index, out.input.precision, options.ports, &secrets.get(), options.decrypt_all};
    observer.packets_wanted(options.several);
    // One capture alone has nothing to be compared with; the ends of a connection still tell what was sent again.
    constexpr stream::TrailLength kAlone{96, 64, false};
    stream::Table table{observer, options.several ? stream::TrailLength{} : kAlone};
    PacketWalk walk{options.filter, table, observer};
    for (; count > 0; count = reader->next_run(packets)) {
        secrets.take(*reader);
        walk.run(std::span{packets}.first(count));
    }
    table.finish();
    out.input.items = walk.packets();
    out.input.first_time = walk.first_time();
    out.input.last_time = walk.last_time();
    out.tracks = observer.take(out.input.last_time.value_or(model::Time{}));
    secrets.take(*reader);
    if (secrets.grown() && (std::ranges::any_of(out.tracks, locked) || observer.passed_over(secrets.get())))
        out.late_secrets = secrets.get();
    cover(out, walk.coverage(), *reader, walk.filter().has_value());
    note_reader(out.input, *reader);
    note_losses(out.input, walk.losses());
    for (auto& text : observer.counted()) note(out.input, std::move(text), false);
    note_filter(out.input, walk);
    return out;
}

Reading read_text(bytes::Source& source, std::uint32_t index) {
    Reading out;
    observe::TextObserver observer{index};
    config::read(source, [&](config::Item&& item) {
        ++out.input.items;
        observer.add(item);
    });
    out.texts = observer.take();
    return out;
}

}  // namespace

std::optional<std::string> filter_problem(const std::string& expression) {
    auto compiled = capture::Filter::compile(expression);
    if (auto* why = std::get_if<std::string>(&compiled)) return *why;
    return {};
}

Reading read(bytes::Source& source, Kind kind, std::uint32_t index, const ReadOptions& options,
             const catalogue::EventCatalogue& events) {
    if (kind == Kind::machine_text) return read_text(source, index);
    return is_log(kind) ? read_log(source, kind, index, events, options.recover)
                        : read_capture(source, kind, index, options);
}

}  // namespace rdpdx::analysis
