#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "src/catalogue/catalogue.hpp"
#include "src/catalogue/placeholders.hpp"

namespace rdpdx::catalogue {
namespace {

using yaml::Node;

template <class T>
struct Word {
    std::string_view text;
    T value;
};

constexpr std::array kSides{Word<Side>{"client", Side::client}, Word<Side>{"server", Side::server},
                            Word<Side>{"either", Side::either}};
constexpr std::array kScopes{Word<model::EventScope>{"connection", model::EventScope::connection},
                             Word<model::EventScope>{"machine", model::EventScope::machine},
                             Word<model::EventScope>{"state", model::EventScope::state}};
constexpr std::array kForms{Word<NumberForm>{"plain", NumberForm::plain}, Word<NumberForm>{"hex", NumberForm::hex},
                            Word<NumberForm>{"parenthesised", NumberForm::parenthesised},
                            Word<NumberForm>{"last-bytes", NumberForm::last_bytes}};
constexpr std::array kMatches{Word<Condition::Match>{"startswith", Condition::Match::startswith},
                              Word<Condition::Match>{"endswith", Condition::Match::endswith},
                              Word<Condition::Match>{"contains", Condition::Match::contains}};

template <class T, std::size_t N>
std::optional<T> read_word(const Node& at, std::string_view text, const std::array<Word<T>, N>& words) {
    std::array<std::string_view, N> known;
    for (std::size_t i = 0; i < N; ++i) {
        if (words[i].text == text) return words[i].value;
        known[i] = words[i].text;
    }
    at.problem(fmt::format("'{}' is not one of {}", text, yaml::list_of(known)));
    return {};
}

// A word of the contract, looked up by `by_id`.
template <class Lookup>
auto read_id(const Node& entry, std::string_view key, Lookup by_id) -> decltype(by_id("")) {
    const auto text = entry.optional_text(key);
    if (!text) return {};
    const auto value = by_id(*text);
    if (!value) entry.find(key)->problem(fmt::format("'{}' is not a {} of the contract", *text, key));
    return value;
}

bool kebab(std::string_view text) noexcept {
    return !text.empty() && text.front() != '-' && text.back() != '-' && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
}

void read_when(const Node& map, std::vector<Condition>& out) {
    for (const auto& [key, at, value] : map.entries()) {
        Condition condition;
        const auto bar = key.find('|');
        condition.field = key.substr(0, bar);
        if (bar != std::string::npos)
            if (const auto match = read_word(at, std::string_view{key}.substr(bar + 1), kMatches))
                condition.match = *match;
        condition.values = value.as_texts();
        out.push_back(std::move(condition));
    }
    if (out.empty() && map.is_map()) map.problem("'when' has no condition");
}

void read_code(const Node& at, CodeRole& code) {
    if (!at.keys({"field", "family", "form"})) return;
    code.fields = at.texts("field");
    code.family = at.text("family").value_or("");
    if (!kebab(code.family)) at.problem("the family of a code is a word of small letters, digits and hyphens");
    if (const auto form = at.optional_text("form"))
        if (const auto value = read_word(*at.find("form"), *form, kForms)) code.form = *value;
}

void read_role_fields(const Node& at, RoleFields& roles) {
    if (!at.keys({"address", "address-and-port", "port", "target", "user", "domain", "session", "code"})) return;
    roles.address = at.optional_text("address").value_or("");
    if (const auto both = at.optional_text("address-and-port")) {
        if (at.has("address") || at.has("port")) at.problem("address-and-port stands instead of address and port");
        roles.address = *both;
        roles.address_with_port = true;
    }
    roles.port = at.optional_text("port").value_or("");
    roles.target = at.optional_text("target").value_or("");
    roles.user = at.optional_text("user").value_or("");
    roles.domain = at.optional_text("domain").value_or("");
    roles.session = at.optional_text("session").value_or("");
    if (const auto code = at.find("code")) read_code(*code, roles.code);
}

void check_means(const Node& at, const EventEntry& entry) {
    bool closed = true;
    for (const Piece& piece : pieces_of(entry.means, closed))
        if (const auto role = role_of(piece); role && !has_role(entry, *role))
            at.problem(fmt::format("{{{}}} stands for a role that the entry does not have", piece.text));
    if (!closed) at.problem("a { is not closed");
}

EventEntry read_entry(const Node& at, const EventEntry& defaults) {
    EventEntry out = defaults;
    out.line = at.line();
    if (!at.keys({"id", "when", "name", "channel", "side", "scope", "state", "health", "stage", "shows", "actor",
                  "roles", "means", "doubt", "source", "example"}))
        return out;
    const auto number = at.integer("id");
    if (number && (*number < 0 || *number > INT32_MAX)) at.find("id")->problem("an id is a number from 0 up");
    out.id = static_cast<std::uint32_t>(number.value_or(0));
    out.name = at.text("name").value_or("");
    if (!kebab(out.name)) at.problem("a name is a word of small letters, digits and hyphens");
    out.channel = at.optional_text("channel").value_or(defaults.channel);
    if (const auto side = at.optional_text("side"))
        out.side = read_word(*at.find("side"), *side, kSides).value_or(defaults.side);
    out.stage = read_id(at, "stage", [](std::string_view s) { return model::stage_by_id(s); });
    if (at.child("shows"))
        out.shows = read_id(at, "shows", [](std::string_view s) {
                        return model::effect_by_id(s);
                    }).value_or(model::Effect::noted);
    if (out.stage) out.scope = model::EventScope::connection;
    if (const auto scope = at.optional_text("scope"))
        out.scope = read_word(*at.find("scope"), *scope, kScopes).value_or(out.scope);
    if (const auto health = at.optional_text("health")) {
        out.health = *health;
        if (!kebab(out.health)) at.problem("health is a word of small letters, digits and hyphens");
    }
    if (const auto state = at.optional_text("state")) {
        out.state = *state;
        out.scope = model::EventScope::state;
        if (at.has("scope")) at.problem("a state needs no scope");
    }
    if (out.shows == model::Effect::passed && !out.stage) at.problem("what shows 'passed' needs a stage");
    out.actor =
        read_id(at, "actor", [](std::string_view s) { return model::party_by_id(s); }).value_or(model::Party::unknown);
    if (const auto when = at.find("when")) read_when(*when, out.when);
    if (const auto roles = at.find("roles")) read_role_fields(*roles, out.roles);
    out.means = at.text("means").value_or("");
    if (const auto means = at.find("means")) check_means(*means, out);
    out.doubt = at.optional_text("doubt").value_or("");
    out.source = at.optional_text("source").value_or(defaults.source);
    if (out.source.empty()) at.problem("no source, neither here nor for the file");
    out.example = at.text("example").value_or("");
    return out;
}

std::optional<EventEntry> read_defaults(const Node& root) {
    if (!root.keys({"provider", "guid", "channel", "side", "source", "events"})) return {};
    EventEntry out;
    out.file = root.file();
    const auto provider = root.text("provider");
    const auto side = root.text("side");
    if (!provider || !side) return {};
    out.provider = *provider;
    out.guid = root.optional_text("guid").value_or("");
    out.channel = root.optional_text("channel").value_or("");
    out.source = root.optional_text("source").value_or("");
    if (const auto value = read_word(*root.find("side"), *side, kSides)) out.side = *value;
    return out;
}

// An entry before this one that takes all its events, or null.
const EventEntry* hider_of(const EventEntry& entry, std::span<const EventEntry> before) {
    for (const EventEntry& other : before)
        if (other.id == entry.id && (other.when.empty() || other.when == entry.when)) return &other;
    return nullptr;
}

std::vector<EventEntry> read_file(const Node& root, std::vector<yaml::Problem>& problems) {
    std::vector<EventEntry> out;
    const auto defaults = read_defaults(root);
    const auto events = defaults ? root.child("events") : std::nullopt;
    if (!events) return out;
    for (const Node& at : events->items()) {
        const std::size_t before = problems.size();
        EventEntry entry = read_entry(at, *defaults);
        if (const EventEntry* hider = hider_of(entry, out))
            at.problem(fmt::format("never reached: an entry for {} {} stands before it", entry.id,
                                   hider->when.empty() ? "without 'when'" : "with the same 'when'"));
        if (problems.size() == before) out.push_back(std::move(entry));
    }
    return out;
}

// Takes from `old` what the new entries leave nothing to, and says so in them.
void replace(std::vector<EventEntry>& old, std::span<EventEntry> added) {
    std::erase_if(old, [&](const EventEntry& entry) {
        for (EventEntry& by : added) {
            if (by.id != entry.id || !is_provider(entry, by.provider, by.guid)) continue;
            if (!by.when.empty() && by.when != entry.when) continue;
            by.replaces.push_back(fmt::format("{}:{}", entry.file, entry.line));
            return true;
        }
        return false;
    });
}

}  // namespace

EventCatalogue EventCatalogue::load(std::span<const yaml::File> files, std::vector<yaml::Problem>& problems) {
    std::vector<std::vector<EventEntry>> all;
    for (const yaml::File& file : files) {
        const auto root = yaml::load(file, problems);
        std::vector<EventEntry> added = root ? read_file(*root, problems) : std::vector<EventEntry>{};
        for (auto& earlier : all) replace(earlier, added);
        all.push_back(std::move(added));
    }
    EventCatalogue out;
    std::vector<std::size_t> begins;
    for (auto& entries : all) {
        begins.push_back(out.entries_.size());
        std::ranges::move(entries, std::back_inserter(out.entries_));
    }
    // Within a file the first entry counts, but a later file's entries go before those of the files before it.
    for (std::size_t end = out.entries_.size(); !begins.empty(); begins.pop_back()) {
        for (std::size_t i = begins.back(); i < end; ++i) out.by_id_[out.entries_[i].id].push_back(i);
        end = begins.back();
    }
    return out;
}

}  // namespace rdpdx::catalogue
