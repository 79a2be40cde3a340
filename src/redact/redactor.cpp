#include "src/redact/redactor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "src/redact/fold.hpp"
#include "src/redact/pieces.hpp"
#include "src/redact/words.hpp"

namespace rdpdx::redact {
namespace {

// A name of a machine or of several labels; a sentence is neither.
bool like_host(std::string_view text) noexcept {
    return !text.empty() && text.size() <= 255 && std::ranges::all_of(text, [](char c) {
        return in_word(c) || c == '.' || c == '-' || c == '_' || c == '*' || c == '$';
    });
}

bool is_number(std::string_view text) noexcept {
    return text.find_first_not_of("0123456789") == std::string_view::npos;
}

// What the value of such a part of a distinguished name is.
enum class Part : unsigned char { host, domain, user, name };
Part part_of(std::string_view key, std::string_view value) {
    const std::string lower = folded(key);
    if (lower == "dc") return Part::domain;
    if (lower == "uid" || lower == "emailaddress" || lower == "mail" || lower == "e") return Part::user;
    return lower == "cn" && like_host(value) ? Part::host : Part::name;
}

// "DNS:rdsh1.lab.example" has the kind before the first colon.
std::string_view kind_before(std::string_view text) noexcept {
    constexpr std::array<std::string_view, 7> kKinds{"DNS:", "IP:", "email:", "URI:", "UPN:", "RID:", "IP Address:"};
    for (const std::string_view kind : kKinds)
        if (text.starts_with(kind)) return kind;
    return {};
}

// Parts of names of files that every machine has, and endings that tell no more than what a file is.
bool common_part(std::string_view folded) {
    constexpr std::array<std::string_view, 38> kParts{
        "7z",    "application", "bz2",    "cab",    "cap", "capture", "client",    "csv",   "data",     "dmp",
        "etl",   "events",      "evt",    "evtx",   "gz",  "har",     "json",      "jsonl", "keys",     "log",
        "lsm",   "pcap",        "pcapng", "pktmon", "ps",  "rcm",     "rdpcorets", "sav",   "security", "server",
        "setup", "system",      "tar",    "txt",    "xml", "xz",      "zip",       "zst"};
    return std::ranges::find(kParts, folded) != kParts.end();
}

struct FileName {
    std::string_view stem, ending;  // the ending with its dots: ".pcap.gz"
};
FileName file_name(std::string_view name) {
    std::size_t end = name.size();
    for (auto dot = name.rfind('.'); dot != std::string_view::npos && dot > 0; dot = name.rfind('.', dot - 1)) {
        if (!common_part(folded(name.substr(dot + 1, end - dot - 1)))) break;
        end = dot;
    }
    return {name.substr(0, end), name.substr(end)};
}

constexpr std::size_t kCookieBytes = 9;

template <class Each>
void each_step(std::string_view path, Each&& each) {
    for (std::size_t at = 0; at <= path.size();) {
        const auto slash = std::min(path.find('/', at), path.size());
        each(path.substr(at, slash - at), slash < path.size());
        at = slash + 1;
    }
}

}  // namespace

void Redactor::learn_domain(std::string_view name) {
    names_.add(Kind::domain, name);
    if (const auto dot = name.find('.'); dot != std::string_view::npos && !has(kGeneric, folded(name.substr(0, dot))))
        names_.add(Kind::domain, name.substr(0, dot));
}

void Redactor::learn_host(std::string_view name) {
    names_.add(Kind::host, name);
    const auto dot = name.find('.');
    if (dot == std::string_view::npos) return;
    if (name[0] != '*') names_.add(Kind::host, name.substr(0, dot));
    if (name.find('.', dot + 1) != std::string_view::npos) learn_domain(name.substr(dot + 1));
}

void Redactor::learn_user(std::string_view name) {
    const Account account = account_of(name);
    if (!account.domain.empty()) learn_domain(account.domain);
    if (account.user.ends_with('$'))
        learn_host(account.user.substr(0, account.user.size() - 1));
    else
        names_.add(Kind::user, account.user);
    if (account.user.size() >= kCookieBytes && account.user.size() <= Names::kLongest)
        users_.insert(folded(account.user));
}

void Redactor::learn_cookie(std::string_view name) {
    const Account account = account_of(name);
    const std::string own = folded(account.user);
    if (name.size() == kCookieBytes) cut_.insert(own);
    if (!account.domain.empty()) learn_domain(account.domain);
    names_.add(Kind::user, own);
}

void Redactor::learn(What what, std::string_view text) {
    switch (what) {
        case What::host:
        case What::alt_name: {
            if (what == What::alt_name) text.remove_prefix(kind_before(text).size());
            const std::string plain = with_blanks(text);
            for (const Piece& piece : host_pieces(plain))
                if (!piece.separator && literal_at(piece.text, '\0').length != piece.text.size())
                    learn_host(piece.text);
            return;
        }
        case What::user:
            return learn_user(text);
        case What::cookie:
            return learn_cookie(text);
        case What::domain:
            return learn_domain(text);
        case What::subject:
            for (const Attribute& a : parts_of_subject(text).parts) {
                const Part part = part_of(a.name, a.value);
                if (part == Part::host)
                    learn(What::host, a.value);
                else if (part == Part::user)
                    learn_user(a.value);
                else
                    names_.add(part == Part::domain ? Kind::domain : Kind::name, a.value);
            }
            return;
        case What::token:
            if (text.find("msts=") == std::string_view::npos) names_.add(Kind::name, text);
            return;
        case What::path:
            each_step(text, [&](std::string_view step, bool) {
                if (!common_part(folded(file_name(step).stem))) names_.add(Kind::file, step);
            });
            return;
        case What::text:
        case What::digits:
            return;
    }
}

std::string Redactor::named(std::string_view name, Kind kind) {
    const std::string lower = folded(name);
    if (well_known(lower)) return std::string{name};
    if (kind == Kind::host || kind == Kind::domain) return labels(name, kind);
    if (kind == Kind::file) return path(name);
    const std::string_view core = core_of(name);
    if (core.empty()) return std::string{name};
    const auto before = static_cast<std::size_t>(core.data() - name.data());
    std::string out{name.substr(0, before)};
    // One word has one name, whatever it is called here: an account may bear a machine's.
    const std::string own = folded(core);
    const std::string whole = whole_name(own);
    out += pseudonyms_.word(prefix_of(names_.kind_of(own).value_or(kind)), whole.empty() ? core : whole);
    out += name.substr(before + core.size());
    return out;
}

// Clients cut the name in their cookie after nine bytes: the user's whom it can be, if it can be one only.
std::string Redactor::whole_name(const std::string& folded_name) const {
    if (cut_.count(folded_name) == 0) return {};
    const auto first = users_.lower_bound(folded_name);
    if (first == users_.end() || !first->starts_with(folded_name)) return {};
    const auto second = std::next(first);
    return second != users_.end() && second->starts_with(folded_name) ? std::string{} : *first;
}

std::string Redactor::labels(std::string_view name, Kind first) {
    std::string out;
    for (std::size_t at = 0; at <= name.size();) {
        const auto dot = std::min(name.find('.', at), name.size());
        const std::string_view label = name.substr(at, dot - at);
        const std::string_view core = core_of(label);
        const std::string lower = folded(core);
        const bool last = dot == name.size() && at > 0;
        const Kind kind = names_.kind_of(lower).value_or(at == 0 ? first : Kind::domain);
        const auto before = static_cast<std::size_t>(core.data() - label.data());
        const bool stays = core.empty() || (last && has(kGeneric, lower)) || well_known(lower);
        out += label.substr(0, before);
        out += stays ? std::string{core} : pseudonyms_.word(prefix_of(kind), core);
        out += label.substr(before + core.size());
        if (dot < name.size()) out += '.';
        at = dot + 1;
    }
    return out;
}

std::string Redactor::host(std::string_view text) {
    std::string out;
    const std::string plain = with_blanks(text);
    for (const Piece& piece : host_pieces(plain)) {
        const bool port = is_number(piece.text) && out.ends_with(':');
        if (piece.separator || port)
            out += text.substr(static_cast<std::size_t>(piece.text.data() - plain.data()), piece.text.size());
        else if (literal_at(piece.text, '\0').length == piece.text.size())
            out += this->text(piece.text);
        else
            out += named(piece.text, Kind::host);
    }
    return out;
}

std::string Redactor::user(std::string_view text) {
    const Account account = account_of(text);
    const std::string own =
        account.user.ends_with('$') ? labels(account.user, Kind::host) : named(account.user, Kind::user);
    if (account.at && account.domain.empty()) return own + "@";
    if (account.domain.empty()) return account.user.size() == text.size() ? own : "\\" + own;
    const std::string whose = redacted(What::domain, account.domain);
    return account.at ? own + "@" + whose : whose + "\\" + own;
}

std::string Redactor::subject(std::string_view text) {
    const DistinguishedName name = parts_of_subject(text);
    std::string out;
    for (const Attribute& a : name.parts) {
        const Part part = part_of(a.name, a.value);
        out += a.before;
        if (part == Part::host)
            out += host(a.value);
        else if (part == Part::user)
            out += user(a.value);
        else
            out += named(a.value, part == Part::domain ? Kind::domain : Kind::name);
    }
    return out + this->text(name.rest);
}

std::string Redactor::path(std::string_view text) {
    std::string out;
    each_step(text, [&](std::string_view step, bool more) {
        const FileName file = file_name(step);
        const bool stays = step.empty() || step == "." || step == ".." || common_part(folded(file.stem));
        out +=
            stays ? std::string{step} : pseudonyms_.word(prefix_of(Kind::file), file.stem) + std::string{file.ending};
        if (more) out += '/';
    });
    return out;
}

std::string Redactor::redacted(What what, std::string_view text) {
    switch (what) {
        case What::text:
            return this->text(text);
        case What::host:
            return host(text);
        case What::user:
        case What::cookie:
            return user(text);
        case What::domain:
            return literal_at(text, '\0').length == text.size() ? this->text(text) : named(text, Kind::domain);
        case What::subject:
            return subject(text);
        case What::alt_name: {
            const std::string_view kind = kind_before(text);
            const std::string_view value = text.substr(kind.size());
            return std::string{kind} + (kind == "email:" || kind == "UPN:" ? user(value) : host(value));
        }
        case What::digits:
            return pseudonyms_.digits(text);
        case What::token:
            return text.find("msts=") != std::string_view::npos ? this->text(text)
                                                                : pseudonyms_.word(prefix_of(Kind::name), text);
        case What::path:
            return path(text);
    }
    return {};
}

}  // namespace rdpdx::redact
