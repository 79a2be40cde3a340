#include "src/app/batch/rows.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "parsers/bytes/cursor.hpp"
#include "parsers/bytes/text.hpp"
#include "src/app/slice.hpp"
#include "src/report/evidence.hpp"
#include "src/report/words.hpp"

namespace rdpdx::app {
namespace {

// A column is a letter, then what it stands for: nothing, 8 bytes of a number, 4 of a length and the text.
constexpr std::uint8_t kNull = 'n', kNumber = 'i', kText = 't';

std::string peer(const model::Endpoint& endpoint) {
    return endpoint.address.empty() ? endpoint.name : report::peer_text(endpoint);
}

std::string time_of(const std::optional<model::Time>& time, model::Precision precision) {
    return time ? model::to_rfc3339(*time, precision) : "";
}

std::string cause_of(const model::Attempt& a) { return a.cause ? a.cause->id : ""; }
std::string_view confidence_of(const model::Attempt& a) {
    return model::id(a.cause ? a.cause->confidence : model::Confidence::undetermined);
}

std::string names(const report::EvidenceIndex& index, const std::vector<model::Evidence>& list) {
    return fmt::format("{}", fmt::join(index.names(list), " "));
}

void put_inputs(Rows& rows, const std::string& name, const std::vector<model::Input>& inputs) {
    int n = 0;
    for (const model::Input& i : inputs) {
        constexpr std::array kStatus{"ok", "damaged", "unrecognised"};
        rows.row(Table::inputs)
            .add(name)
            .add(n++)
            .add(i.path)
            .add(i.kind)
            .add(kStatus.at(static_cast<std::size_t>(i.status)));
        rows.add(i.bytes).add(i.items).add(i.sha256).add(time_of(i.first_time, i.precision));
        rows.add(time_of(i.last_time, i.precision)).add(fmt::format("{}", fmt::join(i.notes, "\n")));
    }
}

void put_evidence(Rows& rows, const std::string& name, const report::EvidenceIndex& index) {
    int n = 0;
    for (const auto& item : index.items()) {
        rows.row(Table::evidence)
            .add(name)
            .add(++n)
            .add(std::uint64_t{item.evidence().input})
            .add(model::id(item.evidence().kind));
        rows.add(item.evidence().number).add(item.evidence().offset).add(item.observation->text.str());
    }
}

void put_findings(Rows& rows, const std::string& name, const model::Attempt& a, const report::EvidenceIndex& index) {
    int n = 0;  // 0 is the cause, the others are the alternatives
    const auto put = [&](const model::Finding& f) {
        rows.row(Table::findings).add(name).add(a.id).add(n++).add(f.id).add(f.title).add(model::id(f.confidence));
        rows.add(names(index, f.evidence)).add(names(index, f.contradicting));
    };
    if (a.cause) put(*a.cause);
    n = 1;
    for (const model::Finding& f : a.alternatives) put(f);
}

void put_certificate(Rows& rows, const std::string& name, const model::Attempt& a) {
    if (!a.certificate) return;
    const model::Certificate& c = *a.certificate;
    constexpr auto kPrecision = model::Precision::micro;
    rows.row(Table::certificates).add(name).add(a.id).add(c.sha256).add(c.subject).add(c.issuer);
    rows.add(time_of(c.not_before, kPrecision)).add(time_of(c.not_after, kPrecision));
    rows.add(int{c.valid_at_capture});
}

void put_clocks(Rows& rows, const std::string& name, const model::Report& report) {
    const auto ms = [](model::Duration d) {
        return std::int64_t{std::chrono::round<std::chrono::milliseconds>(d).count()};
    };
    std::optional<std::uint32_t> last;
    for (const auto& [input, clock] : report::clocks_of(report)) {
        if (std::exchange(last, input) == input) continue;  // it was set meanwhile
        rows.row(Table::clocks).add(name).add(std::uint64_t{input}).add(ms(clock.ahead)).add(ms(clock.error));
        rows.add(static_cast<std::uint64_t>(clock.anchors));
    }
}

void put_attempt(Rows& rows, const std::string& name, const model::Attempt& a, const report::EvidenceIndex& index) {
    rows.row(Table::attempts)
        .add(name)
        .add(a.id)
        .add(a.incident)
        .add(a.client.address)
        .add(int{a.client.port})
        .add(a.client.name);
    rows.add(a.server.address).add(int{a.server.port}).add(a.server.name).add(a.user);
    rows.add(report::moment(a, a.started)).add(report::moment(a, a.ended)).add(model::id(a.outcome));
    rows.add(model::id(a.ended_by)).add(a.end_kind).add(model::id(a.stage)).add(model::id(a.basis));
    rows.add(cause_of(a)).add(confidence_of(a));
    int n = 0;
    for (const model::StageResult& s : a.stages) {
        rows.row(Table::stages)
            .add(name)
            .add(a.id)
            .add(n++)
            .add(model::id(s.stage))
            .add(model::id(s.status))
            .add(model::id(s.basis));
        rows.add(s.note).add(names(index, s.evidence));
    }
    put_findings(rows, name, a, index);
    put_certificate(rows, name, a);
}

void put_case(Rows& rows, const BatchCase& one, const CaseResult& result) {
    const model::Report& report = result.report;
    const auto amiss =
        std::ranges::count_if(report.inputs, [](const auto& i) { return i.status != model::InputStatus::ok; });
    const model::Attempt* a = report.verdict.attempt ? &report.attempts[*report.verdict.attempt] : nullptr;
    rows.row(Table::cases).add(one.name).add(result.status).add(result.reason);
    rows.add(a ? model::id(report.verdict.outcome) : "").add(a ? model::id(a->stage) : "");
    rows.add(a ? model::id(a->basis) : "").add(a ? cause_of(*a) : "").add(a ? confidence_of(*a) : "");
    rows.add(a ? model::id(a->ended_by) : "").add(a ? peer(a->client) : "").add(a ? peer(a->server) : "");
    rows.add(a ? a->user : "").add(a ? report::moment(*a, a->started) : "").add(a ? report::moment(*a, a->ended) : "");
    rows.add(report.verdict.sentence).add(static_cast<std::uint64_t>(report.attempts.size()));
    rows.add(static_cast<std::uint64_t>(report.inputs.size())).add(static_cast<std::int64_t>(amiss));
    rows.add(result.has_report ? "reports/" + one.file : "").add(result.fingerprint);
}

}  // namespace

void Rows::number(std::uint64_t value, unsigned width) {
    for (; width > 0; --width, value >>= 8) packed_ += static_cast<char>(value & 0xFF);
}

Rows& Rows::row(Table table) {
    number(static_cast<std::uint64_t>(table), 1);
    return *this;
}

Rows& Rows::add(std::string_view text) {
    number(text.empty() ? kNull : kText, 1);
    if (text.empty()) return *this;
    number(text.size(), 4);
    packed_ += text;
    return *this;
}

Rows& Rows::add(std::int64_t value) {
    number(kNumber, 1);
    number(static_cast<std::uint64_t>(value), 8);
    return *this;
}

std::string rows_of(const BatchCase& one, const CaseResult& result) {
    Rows rows;
    put_case(rows, one, result);
    put_inputs(rows, one.name, result.report.inputs);
    const report::EvidenceIndex index{result.report};
    for (const model::Attempt& a : result.report.attempts) put_attempt(rows, one.name, a, index);
    put_evidence(rows, one.name, index);
    put_clocks(rows, one.name, result.report);
    return rows.take();
}

void insert_rows(std::string_view packed, std::vector<Statement>& into) {
    bytes::Cursor in{std::as_bytes(std::span{packed})};
    while (in.remaining() > 0) {
        const std::size_t table = in.u8("table");
        if (table >= kTables.size()) throw FileError{"a worker gave rows of no table"};
        for (int column = 0; column < kTables.at(table).columns; ++column) {
            const std::uint8_t kind = in.u8("kind");
            if (kind == kNumber)
                into.at(table).add(static_cast<std::int64_t>(in.u64le("number")));
            else
                into.at(table).add(kind == kText ? bytes::text_of(in.take(in.u32le("length"), "text")) : "");
        }
        if (in.error()) throw FileError{"a worker gave half a row"};
        into.at(table).insert();
    }
}

}  // namespace rdpdx::app
