#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "parsers/capture/reader.hpp"
#include "src/analysis/analysis.hpp"
#include "src/analysis/coverage.hpp"
#include "src/analysis/read_logs.hpp"
#include "src/observe/wire.hpp"

namespace rdpdx::analysis {
namespace {

void widen(model::Input& input, model::Time time) {
    if (!input.first_time || time < *input.first_time) input.first_time = time;
    if (!input.last_time || time > *input.last_time) input.last_time = time;
}

void note(model::Input& input, std::string text, bool damaged) {
    input.notes.push_back(std::move(text));
    if (damaged) input.status = model::InputStatus::damaged;
}

void note_losses(model::Input& input, const net::Losses& losses) {
    if (losses.unknown_link_type) note(input, fmt::format("{} packets have a link type that is not read.", losses.unknown_link_type), false);
    if (losses.malformed) note(input, fmt::format("{} packets are malformed and could not be followed to their end.", losses.malformed), false);
    if (losses.cut_by_snap_length) note(input, fmt::format("{} packets were cut short by the capture's snap length.", losses.cut_by_snap_length), false);
    if (losses.fragments_never_completed)
        note(input, fmt::format("{} fragmented packets never became whole.", losses.fragments_never_completed), false);
}

void note_reader(model::Input& input, const capture::Reader& reader) {
    for (const auto& n : reader.notices()) note(input, fmt::format("At byte {}: {}", n.file_offset, n.text), n.damaged);
    for (const auto& c : reader.comments()) note(input, "Comment of the capture: " + bytes::valid_utf8(c), false);
    for (const auto& i : reader.interfaces())
        if (i.dropped.value_or(0) > 0) note(input, fmt::format("The capturing machine dropped {} packets.", *i.dropped), false);
    if (!reader.secrets().empty())
        note(input, "The capture carries decryption secrets, which are used. Think of that before you pass it on.", false);
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

Reading read_capture(bytes::Source& source, Kind kind, std::uint32_t index, const ReadOptions& options) {
    Reading out;
    const auto reader = capture::open(source, kind == Kind::pcap ? capture::Format::pcap : capture::Format::pcapng);
    std::optional<capture::Filter> filter;
    if (!options.filter.empty()) {
        auto compiled = capture::Filter::compile(options.filter);
        if (auto* good = std::get_if<capture::Filter>(&compiled)) filter.emplace(std::move(*good));
    }
    capture::Packet packet;
    bool more = reader->next(packet);
    CaptureSecrets secrets{options.secrets};
    secrets.take(*reader);
    secrets.grown();
    out.input.precision = precision_of(*reader);
    observe::WireObserver observer{index, out.input.precision, options.ports, &secrets.get(), options.decrypt_all};
    observer.packets_wanted(options.several);
    // One capture alone has nothing to be compared with; the ends of a connection still tell what was sent again.
    constexpr stream::TrailLength kAlone{96, 64};
    stream::Table table{observer, options.several ? stream::TrailLength{} : kAlone};
    net::Decoder decoder;
    CoverageWatch coverage;
    std::uint64_t filtered = 0;
    for (; more; more = reader->next(packet)) {
        ++out.input.items;
        secrets.take(*reader);
        widen(out.input, packet.time);
        coverage.packet(packet.time);
        if (filter && !filter->matches(packet)) {
            ++filtered;
            continue;
        }
        const stream::Mark mark{packet.time, packet.number, packet.file_offset};
        if (const auto seen = net::glance(packet); seen && table.pass(*seen, mark)) continue;
        const net::Decoded decoded = decoder.decode(packet);
        if (const auto* segment = std::get_if<net::Segment>(&decoded))
            table.add(*segment, mark);
        else if (const auto* error = std::get_if<net::IcmpError>(&decoded)) {
            table.add(*error, mark);
            observer.icmp_error(*error, mark);
        } else if (const auto* datagram = std::get_if<net::Datagram>(&decoded))
            observer.datagram(*datagram, mark);
        else if (const auto* neighbour = std::get_if<net::Neighbour>(&decoded))
            observer.neighbour(*neighbour, mark);
    }
    table.finish();
    out.tracks = observer.take(out.input.last_time.value_or(model::Time{}));
    secrets.take(*reader);
    const auto locked = [](const auto& t) {
        return t.wire ? t.wire->tls_seen && !t.wire->opened : t.udp && t.udp->locked;
    };
    if (secrets.grown() && (std::ranges::any_of(out.tracks, locked) || observer.passed_over(secrets.get())))
        out.late_secrets = secrets.get();
    out.input.coverage = coverage.finish(*reader, out.input, filter.has_value());
    for (model::Track& t : out.tracks) {
        if (!t.wire) continue;
        t.wire->capture_end = coverage.runs_on(t.ended);
        if (out.input.coverage) t.wire->dropped = out.input.coverage->dropped;
    }
    for (std::string& text : coverage.notes()) note(out.input, std::move(text), false);
    note_reader(out.input, *reader);
    note_losses(out.input, decoder.losses());
    for (auto& text : observer.counted()) note(out.input, std::move(text), false);
    if (filter) {
        note(out.input, fmt::format("{} packets were left out by --filter.", filtered), false);
        for (const auto& [link, why] : filter->unusable())
            note(out.input, fmt::format("The filter does not fit packets of link type {}: {}", static_cast<unsigned>(link), why), false);
    }
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
    return is_log(kind) ? read_log(source, kind, index, events, options.recover) : read_capture(source, kind, index, options);
}

}  // namespace rdpdx::analysis
