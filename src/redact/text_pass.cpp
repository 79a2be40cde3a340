#include "src/redact/text_pass.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "parsers/bytes/text.hpp"
#include "src/redact/encoded.hpp"
#include "src/redact/fold.hpp"
#include "src/redact/pieces.hpp"
#include "src/redact/words.hpp"

namespace rdpdx::redact {
namespace {

constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

// Letters, digits, everything beyond ASCII, and these, no longer than names are. Full stops at the end belong to the
// sentence.
std::string_view name_run(std::string_view text, std::string_view others) {
    constexpr std::size_t kLongest = 320;
    text = text.substr(0, kLongest);
    std::size_t end = 0;
    while (end < text.size() && (in_word(text[end]) || others.find(text[end]) != std::string_view::npos)) ++end;
    while (end > 0 && (text[end - 1] == '.' || text[end - 1] == '-')) --end;
    return text.substr(0, end);
}

net::Address address_in(std::string_view text) {
    std::string plain;  // without zeros that somebody put before a number of an IPv4 address
    const bool v4 = text.find(':') == std::string_view::npos;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool first = i == 0 || text[i - 1] == '.' || (plain.empty() || plain.back() == '.');
        const bool more = i + 1 < text.size() && text[i + 1] != '.';
        if (!(v4 && first && more && text[i] == '0')) plain += text[i];
    }
    return net::parse_address(plain).value_or(net::Address{});
}

// Domains of two labels that texts of Windows are full of: ASP.NET.
bool name_of_software(std::string_view folded) noexcept {
    return folded.ends_with(".net") || folded.ends_with(".info") || folded.ends_with(".int") ||
           folded.ends_with(".ad") || folded.ends_with(".private") || folded.ends_with(".test");
}

}  // namespace

TextPass::TextPass(Redactor& redactor, std::string_view text)
    : redactor_{redactor}, given_{text}, text_{with_blanks(text)}, folded_{folded(text)} {
    out_.reserve(text.size());
}

void TextPass::put(std::string_view what, std::size_t length) {
    out_ += what;
    at_ += length;
}

bool TextPass::literal() {
    const LiteralAt found = literal_at(rest(), last());
    const std::string_view text = rest().substr(0, found.length);
    Pseudonyms& names = redactor_.pseudonyms_;
    switch (found.what) {
        case Literal::none:
            return false;
        case Literal::address:
            put(net::to_text(names.address(address_in(text))), found.length);
            break;
        case Literal::mac:
            put(names.mac(text), found.length);
            break;
        case Literal::sid:
            put(names.sid(text), found.length);
            break;
        case Literal::guid:
            put(text.find_first_not_of("0-") == std::string_view::npos ? std::string{text} : names.digits(text),
                found.length);
            break;
        case Literal::bytes: {
            const std::size_t prefix = text.starts_with("0x") || text.starts_with("0X") ? 2 : 0;
            put(text.substr(0, prefix), prefix);
            put(names.digits(text.substr(prefix)), found.length - prefix);
            break;
        }
    }
    // The interface of an IPv6 address may have a name.
    if (found.what == Literal::address && rest().size() > 1 && rest()[0] == '%') {
        const std::string_view zone = name_run(rest().substr(1), "");
        const bool number = zone.find_first_not_of("0123456789") == std::string_view::npos;
        put("%", 1);
        put(number ? std::string{zone} : names.word("name", zone), zone.size());
    }
    return true;
}

// "mstshash=alice", and the load balancer's "msts=3640205228.15629.0000", which is an address, a port and nothing.
bool TextPass::cookie() {
    const std::string_view here = std::string_view{folded_}.substr(at_);
    if (here.starts_with("mstshash=")) {
        constexpr std::size_t kPrefix = 9;
        put(rest().substr(0, kPrefix), kPrefix);
        const std::string_view value = name_run(rest(), "\\@._$- +");
        const std::string_view one = value.substr(0, value.find(' '));
        put(redactor_.user(one), one.size());
        return true;
    }
    if (!here.starts_with("msts=")) return false;
    constexpr std::size_t kPrefix = 5, kMostDigits = 10;
    put(rest().substr(0, kPrefix), kPrefix);
    const auto digits = std::min(rest().find_first_not_of("0123456789"), rest().size());
    if (digits == 0 || digits > kMostDigits) return true;
    std::uint64_t value = 0;
    for (const char c : rest().substr(0, digits)) value = value * 10 + static_cast<std::uint64_t>(c - '0');
    net::Address address;
    address.family = 4;
    for (std::size_t i = 0; i < 4; ++i) address.octets[i] = static_cast<std::uint8_t>(value >> (8 * i));
    const net::Address other = redactor_.pseudonyms_.address(address);
    value = 0;
    for (std::size_t i = 4; i-- > 0;) value = value << 8 | other.octets[i];
    put(fmt::format("{}", value), digits);
    return true;
}

// The folder of a user's profile, and the machine of "\\server\share".
bool TextPass::in_path() {
    const auto after = [&](std::string_view what) { return before().ends_with(what); };
    if (last() != '\\' && last() != '/') return false;
    if (after("\\users\\") || after("/users/") || after("\\\\users\\\\") || after("/home/") ||
        after("documents and settings\\")) {
        const auto end = std::min(rest().find_first_of("\\/\"<>|*?:;,\r\n\t"), rest().size());
        // Without an end of its own the name is one word.
        const std::string_view name = end < rest().size() && (rest()[end] == '\\' || rest()[end] == '/')
                                          ? rest().substr(0, end)
                                          : name_run(rest(), "._$-");
        const std::string lower = folded(name);
        const bool everybody = lower == "default" || lower == "all users" || lower == "default user";
        const std::string_view given = given_.substr(at_, name.size());
        put(everybody ? std::string{given} : redactor_.named(given, Kind::user), name.size());
        return true;
    }
    const bool unc =
        after("\\\\") && !after("\\\\\\") && (at_ == 2 || (!in_word(text_[at_ - 3]) && text_[at_ - 3] != ':'));
    const std::string_view name = name_run(rest(), "._$-");
    if (!unc || name.size() == rest().size() || rest()[name.size()] != '\\') return false;
    put(redactor_.host(name), name.size());
    return true;
}

bool TextPass::looks_like_account(std::string_view domain, std::string_view user) const {
    const std::size_t end = at_ + domain.size() + 1 + user.size();
    const bool longer = end < text_.size() && (text_[end] == '\\' || text_[end] == ':');
    const bool within = last() == '\\' || last() == '/' || last() == ':' || last() == '%' || last() == '.';
    const std::string lower = folded(domain), name = folded(user);
    const bool registry =
        lower == "hklm" || lower == "hkcu" || lower == "hku" || lower == "hkcr" || lower.starts_with("hkey");
    const bool file =
        name.ends_with(".dll") || name.ends_with(".exe") || name.ends_with(".sys") || name.ends_with(".log");
    return !user.empty() && !longer && !within && !registry && !file;
}

// "DOMAIN\user" and "user@domain" of whom nothing was learned.
bool TextPass::account() {
    const std::string_view first = name_run(rest(), "._-+$'%");
    const std::string_view behind = rest().substr(first.size());
    if (first.empty() || behind.size() < 2 || (behind[0] != '\\' && behind[0] != '@')) return false;
    if (behind[0] == '@') {
        const std::string_view domain = name_run(behind.substr(1), ".-");
        if (domain.empty() || domain.find_first_of(kLetters) == std::string_view::npos) return false;
        put(redactor_.user(rest().substr(0, first.size() + 1 + domain.size())), first.size() + 1 + domain.size());
        return true;
    }
    const std::string_view user = name_run(behind.substr(1), "._-$");
    // A longer name that begins with this one was learned: the user has more than one word.
    const auto learned = user.empty() ? std::nullopt : redactor_.names_.at(folded_, at_ + first.size() + 1);
    if (!looks_like_account(first, user)) return false;
    const std::string lower = folded(first);
    // "NT AUTHORITY\X", "NT SERVICE\X", "Window Manager\X", "Font Driver Host\X"
    if (lower == "authority" || lower == "builtin" || lower == "service" || lower == "manager" || lower == "host")
        return false;
    const std::size_t length = std::max(user.size(), learned ? learned->length : 0);
    put(redactor_.user(given_.substr(at_, first.size() + 1 + length)), first.size() + 1 + length);
    return true;
}

// Names of DNS: those below a domain that is known, and those that end as such names do.
bool TextPass::dotted() {
    const std::string_view name = name_run(rest(), "._-");
    const auto dot = name.find('.');
    if (dot == std::string_view::npos || dot + 1 == name.size()) return false;
    const std::string lower = folded(name);
    if (redactor_.names_.kind_of(lower)) return false;  // known() has it
    const auto last = lower.rfind('.');
    const bool two = last == dot;
    bool ours = has(kGeneric, std::string_view{lower}.substr(last + 1)) && !(two && name_of_software(lower));
    for (auto at = dot; !ours && at != std::string::npos; at = lower.find('.', at + 1))
        ours = redactor_.names_.kind_of(std::string_view{lower}.substr(at + 1)) == Kind::domain;
    if (!ours || lower.find_first_of("abcdefghijklmnopqrstuvwxyz") == std::string::npos) return false;
    put(redactor_.labels(name, Kind::host), name.size());
    return true;
}

bool TextPass::known() {
    const auto found = redactor_.names_.at(folded_, at_);
    if (!found) return false;
    put(redactor_.named(given_.substr(at_, found->length), found->kind), found->length);
    return true;
}

// Base64 that holds a name, or that is long and ends as only base64 does: a digest of a name is one, too.
bool TextPass::base64() {
    const std::string_view found = base64_at(rest(), last());
    if (found.empty()) return false;
    const bool digest = found.size() >= 20 && found.ends_with('=');
    if (!digest && !std::ranges::any_of(decoded_base64(found),
                                        [&](const std::string& text) { return redactor_.names_.within(folded(text)); }))
        return false;
    put(redactor_.pseudonyms_.word("bytes", found), found.size());
    return true;
}

std::string TextPass::run() {
    while (at_ < text_.size()) {
        const bool start = !in_word(last()) && (in_word(text_[at_]) || text_[at_] == ':');
        if (start && (literal() ||
                      (in_word(text_[at_]) && (cookie() || in_path() || base64() || account() || dotted() || known()))))
            continue;
        do {
            out_ += given_[at_++];
        } while (at_ < text_.size() && in_word(text_[at_]) && in_word(last()));
    }
    return std::move(out_);
}

// UTF-16 that was taken for something else has zeros in it; what is written for a URL hides what it says.
std::string Redactor::text(std::string_view text) {
    std::string plain;
    if (text.find('\0') != std::string_view::npos) {
        std::ranges::remove_copy(text, std::back_inserter(plain), '\0');
        text = plain;
    }
    if (const auto hidden = url_encoded(text); !hidden.empty()) {
        std::string out;
        std::size_t from = 0;
        for (const UrlPart& part : hidden) {
            out += TextPass{*this, text.substr(from, part.begin - from)}.run();
            const std::string clear = TextPass{*this, part.clear}.run();
            out +=
                clear == part.clear ? TextPass{*this, text.substr(part.begin, part.length)}.run() : url_encode(clear);
            from = part.begin + part.length;
        }
        return out + TextPass{*this, text.substr(from)}.run();
    }
    return TextPass{*this, text}.run();
}

}  // namespace rdpdx::redact
