// The technical facts of the attempt: way, side channel, certificate, environment, clocks.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "src/report/environment.hpp"
#include "src/report/html_sections.hpp"
#include "src/report/udp.hpp"
#include "src/report/words.hpp"

namespace rdpdx::report {
namespace {

constexpr std::size_t kFolded = 160;  // a list that is longer is folded

std::string path_of(const HtmlCase& c, std::uint32_t input) {
    return input < c.report.inputs.size() ? c.report.inputs[input].path : std::string{};
}

void way_row(Html& html, std::string_view from, const model::PathWay& way) {
    html.open("tr").leaf("th", from, {{"scope", "row"}});
    const auto largest =
        way.largest_lost > 0 ? fmt::format("{} to {} bytes", way.smallest_lost, way.largest_lost) : "\u2013";
    for (const std::string& cell : {fmt::format("{}", way.compared), fmt::format("{}", way.lost), largest,
                                    fmt::format("{} bytes", way.largest_passed),
                                    fmt::format("{} bytes", way.never_arrived), fmt::format("{}", way.forged)})
        html.leaf("td", cell);
    html.close();
}

void path(Html& html, const HtmlCase& c, const model::PathComparison& p) {
    html.leaf("h3", "Between the two captures");
    html.open("dl", {{"class", "facts"}});
    fact(html, "near the client", path_of(c, p.near_client));
    fact(html, "near the server", path_of(c, p.near_server));
    fact(html, "told by", p.told_by);
    fact(html, "holds if", p.assumption);
    html.close();
    if (!p.shown) {
        html.leaf("p", "The capture near the server shows nothing of this connection.");
        return;
    }
    html.open("div", {{"class", "wide"}, {"tabindex", "0"}, {"role", "group"}, {"aria-label", "Packets compared"}});
    html.open("table").open("thead").open("tr");
    for (const char* title :
         {"From", "Packets compared", "Lost", "Sizes lost", "Largest that passed", "Never arrived", "Forged"})
        html.leaf("th", title, {{"scope", "col"}});
    html.close().close().open("tbody");
    way_row(html, "client", p.from_client);
    way_row(html, "server", p.from_server);
    html.close().close().close();
}

void udp(Html& html, const model::UdpTransport& u) {
    html.open("article", {{"class", "card"}}).leaf("p", udp_text(u));
    html.open("dl", {{"class", "facts"}});
    const auto half = [&](std::string_view who, const model::UdpHalf& h) {
        fact(html, who,
             fmt::format("{} datagrams, {} bytes, {} packets; {} sent again, {} loss reports", h.datagrams, h.bytes,
                         h.packets, h.retransmissions, h.loss_reports));
    };
    half("from the client", u.client);
    half("from the server", u.server);
    if (u.round_trip) fact(html, "round trip", model::to_text(*u.round_trip));
    fact(html, "note", u.note);
    html.close().close();
}

// Days between two moments, for people.
std::string days(model::Duration span) {
    const auto n = std::chrono::duration_cast<std::chrono::days>(std::chrono::abs(span)).count();
    return n == 1 ? "1 day" : fmt::format("{} days", n);
}

std::string judgement(const model::Certificate& c, model::Time at) {
    if (c.not_after && at > *c.not_after)
        return fmt::format("It had expired {} before this attempt.", days(at - *c.not_after));
    if (c.not_before && at < *c.not_before)
        return fmt::format("It was not valid yet: its time began {} after this attempt.", days(*c.not_before - at));
    if (c.not_after && c.valid_at_capture)
        return fmt::format("At the time of this attempt it was valid, for {} more.", days(*c.not_after - at));
    return c.valid_at_capture ? "At the time of this attempt it was valid."
                              : "At the time of this attempt it was not valid.";
}

// The time of validity as a bar, with the attempt as a mark; the words beside it say the same.
void validity_bar(Html& html, const model::Certificate& c, model::Time at) {
    if (!c.not_before || !c.not_after || *c.not_after <= *c.not_before) return;
    const double begin = 90, end = 510;
    const double share =
        std::chrono::duration<double>(at - *c.not_before) / std::chrono::duration<double>(*c.not_after - *c.not_before);
    const double x = std::clamp(begin + share * (end - begin), 20.0, 580.0);
    const auto number = [](double v) { return fmt::format("{:.1f}", v); };
    html.open("svg",
              {{"class", "validity"}, {"viewBox", "0 0 600 46"}, {"aria-hidden", "true"}, {"focusable", "false"}});
    html.shape("line", {{"class", "axis"}, {"x1", "0"}, {"x2", "600"}, {"y1", "16"}, {"y2", "16"}});
    html.shape("rect", {{"class", "span"},
                        {"x", number(begin)},
                        {"y", "10"},
                        {"width", number(end - begin)},
                        {"height", "12"},
                        {"rx", "6"}});
    html.leaf("text", day_text(c.not_before), {{"x", number(begin)}, {"y", "42"}, {"text-anchor", "middle"}});
    html.leaf("text", day_text(c.not_after), {{"x", number(end)}, {"y", "42"}, {"text-anchor", "middle"}});
    html.shape("line", {{"class", c.valid_at_capture ? "mark" : "mark bad"},
                        {"x1", number(x)},
                        {"x2", number(x)},
                        {"y1", "2"},
                        {"y2", "30"}});
    html.close();
}

std::string clock_text(const HtmlCase& c, const model::Clock& clock) {
    std::string out =
        fmt::format("{} {}{} (give or take {}; {} in common)", model::to_text(std::chrono::abs(clock.ahead)),
                    clock.ahead < model::Duration{} ? "behind" : "ahead", drift_text(clock),
                    model::to_text(clock.error), clock.anchors);
    if (clock.since)
        out += fmt::format(", since it was set at {} by itself", model::to_second(*clock.since, c.report.zone));
    return out;
}

}  // namespace

void html_network(Html& html, const HtmlCase& c) {
    if (!c.attempt || (c.attempt->path.empty() && c.attempt->udp.empty())) return;
    begin_section(html, "network", "Path and UDP");
    for (const auto& p : c.attempt->path) path(html, c, p);
    if (!c.attempt->udp.empty()) html.leaf("h3", "UDP beside the connection");
    for (const auto& u : c.attempt->udp) udp(html, u);
    html.close();
}

void html_certificate(Html& html, const HtmlCase& c) {
    if (!c.attempt || !c.attempt->certificate) return;
    const model::Certificate& cert = *c.attempt->certificate;
    begin_section(html, "certificate", "Certificate");
    html.open("div", {{"class", "card"}}).open("p", {{"class", cert.valid_at_capture ? "claim fine" : "claim bad"}});
    icon(html, cert.valid_at_capture ? "passed" : "failed");
    html.leaf("strong", judgement(cert, c.attempt->started)).close();
    validity_bar(html, cert, c.attempt->started);
    html.open("dl", {{"class", "facts"}});
    fact(html, "subject", cert.subject);
    fact(html, "names", fmt::format("{}", fmt::join(cert.subject_alt_names, ", ")));
    fact(html, "name the client asked for", c.attempt->tls.sni);
    fact(html, "issuer", cert.self_signed ? cert.issuer + " (issued by itself)" : cert.issuer);
    fact(html, "valid", fmt::format("{} to {}", day_text(cert.not_before), day_text(cert.not_after)));
    if (cert.key_bits) fact(html, "key", fmt::format("{}, {} bits", cert.key_algorithm, cert.key_bits));
    fact(html, "signature", cert.signature_algorithm);
    fact(html, "usages", fmt::format("{}", fmt::join(cert.extended_key_usage, ", ")));
    fact(html, "serial", cert.serial);
    fact(html, "SHA-1", cert.sha1);
    fact(html, "SHA-256", cert.sha256);
    html.close().close().close();
}

void html_environment(Html& html, const HtmlCase& c) {
    if (!c.attempt) return;
    const auto facts = environment(*c.attempt);
    if (facts.empty()) return;
    begin_section(html, "environment", "Environment");
    html.open("dl", {{"class", "facts"}});
    for (const auto& f : facts) {
        html.leaf("dt", f.label).open("dd");
        const bool fold = f.value.size() > kFolded;
        if (fold) html.open("details").leaf("summary", fmt::format("{} in all", 1 + std::ranges::count(f.value, ',')));
        html.text(f.value);
        if (fold) html.close();
        if (f.evidence) citations(html, c, {*f.evidence});
        html.close();
    }
    html.close().close();
}

void html_clocks(Html& html, const HtmlCase& c) {
    std::map<std::uint32_t, bool> packets;  // by input: whether it is a capture
    for (const auto& a : c.report.attempts)
        for (const auto& t : a.tracks) packets[t.input] |= t.wire || t.udp;
    if (packets.size() < 2) return;
    const auto clocks = clocks_of(c.report);
    begin_section(html, "clocks", "Clocks");
    html.leaf("p",
              "How far each source's clock stands from the packets' clock. Times in this report are corrected by it.",
              {{"class", "lead"}});
    html.open("dl", {{"class", "facts"}});
    for (const auto& [input, wire] : packets) {
        html.leaf("dt", path_of(c, input));
        const auto of_input = [input = input](const auto& known) { return known.first == input; };
        for (const auto& known : clocks)
            if (of_input(known)) html.leaf("dd", clock_text(c, known.second));
        if (std::ranges::none_of(clocks, of_input))
            html.leaf("dd", wire ? "the packets' own clock" : "not known; its times stand as they were written");
    }
    html.close().close();
}

}  // namespace rdpdx::report
