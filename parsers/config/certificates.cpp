// `certutil -store` and `-verifystore`, short and with -v. What the tool prints around the values is in the machine's
// language, so values are told by their place and shape; only "sha1", "CN=" and the rulers are everywhere the same.
#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

#include "parsers/config/readers.hpp"

namespace rdpdx::config {
namespace {

using Key = StoreCertificate::Key;

constexpr std::size_t kMostName = 1024;

bool all_hex(std::string_view text) noexcept {
    return !text.empty() && text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

std::string without_blanks(std::string_view text) {
    std::string out;
    for (const char c : text)
        if (c != ' ') out += c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
    return out;
}

std::string_view behind(std::string_view line, char mark) noexcept {
    const auto at = line.find(mark);
    return at == std::string_view::npos ? std::string_view{} : trim(line.substr(at + 1));
}

bool has(std::string_view text, std::string_view part) noexcept { return text.find(part) != std::string_view::npos; }

// `My "Personal"`
std::optional<std::string> store_name(std::string_view line) {
    const auto quote = line.find(" \"");
    if (quote == std::string_view::npos || quote == 0 || !line.ends_with('"') || line.size() > 200) return {};
    return std::string{line.substr(0, quote)};
}

class Listing {
public:
    explicit Listing(const Sink& sink) : sink_{sink} {}
    void line(const Line& line) {
        const std::string_view text = line.trimmed();
        if (is_certificate_head(text)) {
            done();
            open_.emplace();
            open_->at = place(line);
            open_->store = store_;
            dates_ = 0;
            name_ = nullptr;
            nested_ = false;
        } else if (is_store_end(text)) {
            done();
            const bool failed = has(text, "0x8") || has(text, "FAILED");
            if (!store_.empty() && !failed) sink_(StoreEnd{place(line), store_, count_});
            store_.clear();
            count_ = 0;
        } else if (!open_) {
            if (auto name = store_name(text)) {
                store_ = std::move(*name);
                count_ = 0;
            }
        } else {
            // What stands in a nested certificate or in the chain that -verifystore builds is of others.
            if (has(text, "Nesting Level")) nested_ = !has(text, " End ");
            if (!nested_ && !verifying_) in_certificate(line, text);
        }
    }
    void done() {
        if (!open_) return;
        ++count_;
        if (!open_->sha1.empty()) sink_(std::move(*open_));
        open_.reset();
        name_ = nullptr;
        verifying_ = false;
    }

private:
    void in_certificate(const Line& line, std::string_view text) {
        StoreCertificate& c = *open_;
        // With -v a name stands in lines of its own, indented, behind "Issuer:" and "Subject:".
        if (name_ && line.text.starts_with(' ') && has(text, "=") && !has(text, ":")) {
            if (name_->size() < kMostName) *name_ += (name_->empty() ? "" : ", ") + std::string{text};
            return;
        }
        name_ = nullptr;
        const std::string_view value = behind(text, ':');
        if (has(text, "(sha1):")) {
            // With -v the hashes of names and of the key come before the certificate's, which is the last.
            const std::string digits = without_blanks(value);
            if (digits.size() == 40 && all_hex(digits)) c.sha1 = digits;
        } else if (c.serial.empty() && value.size() >= 8 && all_hex(value)) {
            c.serial = without_blanks(value);
        } else if (text.ends_with(':') && !c.serial.empty() &&
                   (c.issuer.empty() || (dates_ == 2 && c.subject.empty()))) {
            name_ = c.issuer.empty() ? &c.issuer : &c.subject;
        } else if (has(value, "=") && !c.serial.empty() && (c.issuer.empty() || (dates_ == 2 && c.subject.empty()))) {
            (c.issuer.empty() ? c.issuer : c.subject) = value.substr(0, kMostName);
        } else if (dates_ < 2 && read_date(value)) {
            (dates_++ == 0 ? c.not_before : c.not_after) = value;
        } else {
            in_key(text);
        }
    }
    void in_key(std::string_view text) {
        StoreCertificate& c = *open_;
        if (has(text, "Container = ") && c.container.empty()) {
            c.container = behind(text, '=');
            if (c.key == Key::unknown) c.key = Key::named;
        } else if (has(text, "Provider = ") && c.provider.empty()) {
            c.provider = behind(text, '=');
        } else if (has(text, "Missing stored keyset") || has(text, "NTE_BAD_KEYSET") || has(text, "0x80090016")) {
            c.key = Key::missing;
        } else if (text.starts_with("Encryption test passed") || text.starts_with("Signature test passed")) {
            c.key = Key::works;
        } else if (text.starts_with("Verified Issuance Policies") || text.starts_with("CertContext[")) {
            verifying_ = true;
        }
    }

    const Sink& sink_;
    std::optional<StoreCertificate> open_;
    std::string store_;
    std::string* name_{};  // of open_
    std::uint64_t count_{};
    int dates_{};
    bool nested_{}, verifying_{};
};

std::optional<std::int64_t> day(int year, int month, int of_month) {
    const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                           std::chrono::day{static_cast<unsigned>(of_month)}};
    if (!date.ok() || year < 1970 || year > 9999) return {};
    return std::chrono::sys_days{date}.time_since_epoch().count() * std::int64_t{86400};
}

}  // namespace

std::optional<DateRange> read_date(std::string_view text) {
    std::array<int, 3> part{};
    std::array<std::size_t, 3> width{};
    text = trim(text);
    for (std::size_t i = 0; i < part.size(); ++i) {
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), part.at(i));
        if (error != std::errc{} || part.at(i) <= 0) return {};
        width.at(i) = static_cast<std::size_t>(end - text.data());
        text.remove_prefix(width.at(i));
        if (i < 2 && (text.empty() || std::string_view{"/.-"}.find(text.front()) == std::string_view::npos)) return {};
        if (i < 2) text.remove_prefix(1);
        text = trim(text);
    }
    std::optional<std::int64_t> a, b;
    if (width[0] == 4) {
        a = day(part[0], part[1], part[2]);
    } else if (width[2] == 4) {
        a = day(part[2], part[0], part[1]);
        b = day(part[2], part[1], part[0]);
    }
    if (!a) std::swap(a, b);
    if (!a) return {};
    constexpr std::int64_t kDay = 86400;
    // Within its day, give or take the zones of the earth.
    return DateRange{std::min(*a, b.value_or(*a)) - kDay, std::max(*a, b.value_or(*a)) + 2 * kDay};
}

bool is_certificate_head(std::string_view line) noexcept {
    constexpr std::string_view kRuler = "========";
    if (!line.starts_with(kRuler) || !line.ends_with(kRuler)) return false;
    const auto begin = line.find_first_not_of('=');
    if (begin == std::string_view::npos) return false;
    const std::string_view title = trim(line.substr(begin, line.find_last_not_of('=') - begin + 1));
    return !title.empty() && title.back() >= '0' && title.back() <= '9' &&
           title.find("Nesting") == std::string_view::npos;
}

bool is_store_end(std::string_view line) noexcept {
    return line.starts_with("CertUtil: -store") || line.starts_with("CertUtil: -verifystore");
}

void read_certificates(LineReader& lines, const Sink& sink) {
    Listing listing{sink};
    Line line;
    while (lines.next(line)) listing.line(line);
    listing.done();
}

}  // namespace rdpdx::config
