// What the report rests on, and the explanations that it did not prefer.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "src/report/html_sections.hpp"
#include "src/report/lookup.hpp"
#include "src/report/words.hpp"

namespace rdpdx::report {
namespace {

using Uses = std::map<model::Evidence, std::vector<std::string>>;

void use(Uses& uses, const std::vector<model::Evidence>& list, const std::string& what) {
    for (const auto& e : list)
        if (auto& of = uses[e]; of.size() < 6 && std::find(of.begin(), of.end(), what) == of.end()) of.push_back(what);
}

// What each piece of evidence is cited for; of the verdict's attempt in words, of others by their name.
Uses uses_of(const HtmlCase& c) {
    Uses uses;
    if (c.attempt) {
        const model::Attempt& a = *c.attempt;
        for (const auto& s : a.stages)
            use(uses, s.evidence, fmt::format("{} {}", model::title(s.stage), model::id(s.status)));
        if (a.cause) {
            use(uses, a.cause->evidence, "cause");
            use(uses, a.cause->contradicting, "against the cause");
        }
        for (const auto& f : a.alternatives) {
            use(uses, f.evidence, f.id);
            use(uses, f.contradicting, "against " + f.id);
        }
        if (a.end_evidence) use(uses, {*a.end_evidence}, "the end");
    }
    for (std::size_t i = 0; i < c.report.attempts.size() && i < kAttemptsShown; ++i) {
        const model::Attempt& a = c.report.attempts[i];
        if (&a == c.attempt) continue;
        for (const auto& s : a.stages) use(uses, s.evidence, "attempt " + a.id);
        if (a.cause) use(uses, a.cause->evidence, "attempt " + a.id);
        if (a.end_evidence) use(uses, {*a.end_evidence}, "attempt " + a.id);
    }
    return uses;
}

// What the file itself says; `left` is how much of that the page still has room for.
void raw_text(Html& html, const HtmlCase& c, const EvidenceIndex::Item& item, std::size_t& left) {
    if (!c.raw || left == 0) return;
    const std::string text = c.raw(*item.observation);
    if (text.empty()) return;
    left -= std::min(left, text.size());
    const bool packet = item.evidence().kind == model::Evidence::Kind::packet;
    html.open("details").leaf("summary", packet ? "the packet's bytes" : "as the file has it");
    html.open("pre", {{"class", "raw"}, {"tabindex", "0"}});
    for (std::size_t begin = 0; begin < text.size();) {
        const auto end = std::min(text.find('\n', begin), text.size());
        html.text(std::string_view{text}.substr(begin, end - begin)).add("\n");
        begin = end + 1;
    }
    html.close().close();
}

void details(Html& html, const HtmlCase& c, const EvidenceIndex::Item& item, std::size_t& raw_left) {
    const Lookup where = lookup(c.report, item);
    const model::Observation& o = *item.observation;
    html.open("details").leaf("summary", "look it up");
    command(html, where.text, where.tool);
    html.open("dl", {{"class", "fields"}});
    fact(html, "file", c.report.inputs[item.evidence().input].path);
    fact(html, "byte offset", fmt::format("{}", item.evidence().offset));
    if (item.evidence().kind != model::Evidence::Kind::line)
        fact(html, "time in the file", model::to_rfc3339(o.time, o.precision, c.report.zone));
    fact(html, "kind", o.kind);
    for (const auto& f : o.fields) fact(html, f.name, value_text(f.value));
    html.close();
    raw_text(html, c, item, raw_left);
    html.close();
}

// One packet may show several things.
using Texts = std::map<model::Evidence, std::vector<std::string_view>>;

Texts texts_of(const HtmlCase& c) {
    constexpr std::size_t kMost = 6;
    Texts out;
    for (const TimelineRow& row : c.evidence.timeline())
        if (const auto& e = row.observation->evidence; c.listed.contains(e))
            if (auto& of = out[e]; of.size() < kMost) of.push_back(row.observation->text);
    for (const auto& item : c.evidence.items())
        if (item.evidence().kind == model::Evidence::Kind::line) out[item.evidence()].push_back(item.observation->text);
    return out;
}

void row(Html& html, const HtmlCase& c, const EvidenceIndex::Item& item, const std::string& name, const Uses& uses,
         const std::vector<std::string_view>& texts, std::size_t& raw_left) {
    const model::Observation& o = *item.observation;
    html.open("tr", {{"id", name}}).leaf("th", name, {{"scope", "row"}});
    html.open("td");
    for (const auto text : texts) html.leaf("p", text);
    html.open("p", {{"class", "where"}});
    html.text(fmt::format("{} {} of {}", model::unit(item.evidence().kind), item.evidence().number,
                          c.report.inputs[item.evidence().input].path));
    html.text(fmt::format(" \u00b7 {}", model::id(o.basis))).close();
    details(html, c, item, raw_left);
    html.close().open("td");
    if (const auto at = uses.find(item.evidence()); at != uses.end()) {
        html.open("ul", {{"class", "uses"}});
        for (const auto& what : at->second) html.leaf("li", what);
        html.close();
    }
    html.close().close();
}

}  // namespace

void html_evidence(Html& html, const HtmlCase& c) {
    if (c.listed.empty()) return;
    const Uses uses = uses_of(c);
    begin_section(html, "evidence", "Evidence");
    html.leaf("p", "What the verdict rests on. Each row leads back to a file and a frame or record in it.",
              {{"class", "lead"}});
    if (c.attempt && !connection_filter(*c.attempt).empty()) {
        html.leaf("p", "The whole connection in Wireshark:", {{"class", "note"}});
        command(html, connection_filter(*c.attempt), "Wireshark filter of the connection");
    }
    const Texts texts = texts_of(c);
    html.open("table", {{"class", "evidence"}}).open("thead").open("tr");
    for (const char* title : {"No.", "What", "Cited for"}) html.leaf("th", title, {{"scope", "col"}});
    html.close().close().open("tbody");
    std::size_t n = 0, raw_left = std::size_t{400} << 10;
    for (const auto& item : c.evidence.items()) {
        ++n;
        if (c.listed.contains(item.evidence()))
            row(html, c, item, fmt::format("E{}", n), uses, texts.at(item.evidence()), raw_left);
    }
    html.close().close().close();
}

void html_alternatives(Html& html, const HtmlCase& c) {
    if (!c.attempt || c.attempt->alternatives.empty()) return;
    begin_section(html, "alternatives", "Other explanations");
    html.leaf("p", "Also possible by the same evidence, and what speaks for and against each.", {{"class", "lead"}});
    for (const auto& f : c.attempt->alternatives) {
        html.open("article", {{"class", "card"}});
        html.open("h3", {{"class", "claim"}});
        confidence(html, f.confidence);
        html.text(" " + f.title);
        citations(html, c, f.evidence);
        html.close();
        reasons(html, c, f);
        if (f.against.empty())
            html.leaf("p", "Nothing in the evidence speaks against it; less speaks for it than for the cause above.",
                      {{"class", "note"}});
        html.open("p", {{"class", "note"}}).leaf("code", f.id).close().close();
    }
    html.close();
}

}  // namespace rdpdx::report
