// X.509 through OpenSSL: the only file that knows it.
#include <fmt/format.h>
#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <memory>

#include "parsers/tls/digest.hpp"
#include "parsers/tls/tls.hpp"

namespace rdpdx::tls {
namespace {

// More than any certificate needs that was not made to be a burden.
constexpr int kMostNames = 1000;

// OpenSSL keeps its errors a thread; none of ours may be found there by the next who asks.
struct ErrorQueue {
    ErrorQueue() = default;
    ErrorQueue(const ErrorQueue&) = delete;
    ErrorQueue& operator=(const ErrorQueue&) = delete;
    ~ErrorQueue() { ERR_clear_error(); }
};

template <auto free>
struct Freed {
    template <class T>
    void operator()(T* object) const {
        free(object);
    }
};
using X509Ptr = std::unique_ptr<X509, Freed<&X509_free>>;
using BioPtr = std::unique_ptr<BIO, Freed<&BIO_free>>;
using NamesPtr = std::unique_ptr<GENERAL_NAMES, Freed<&GENERAL_NAMES_free>>;
using UsagesPtr = std::unique_ptr<EXTENDED_KEY_USAGE, Freed<&EXTENDED_KEY_USAGE_free>>;

bytes::View view_of(const ASN1_STRING* string) {
    const auto length = static_cast<std::size_t>(std::max(0, ASN1_STRING_length(string)));
    return std::as_bytes(std::span{ASN1_STRING_get0_data(string), length});
}

std::string text_of(const ASN1_STRING* string) { return bytes::valid_utf8(bytes::text_of(view_of(string))); }

std::string one_line(const X509_NAME* name) {
    // Non-ASCII stays UTF-8 rather than \C3\A4; control characters stay escaped.
    constexpr unsigned long kFlags = XN_FLAG_ONELINE & ~(XN_FLAG_SPC_EQ | ASN1_STRFLGS_ESC_MSB);
    const BioPtr out{BIO_new(BIO_s_mem())};
    if (!out || X509_NAME_print_ex(out.get(), name, 0, kFlags) < 0) return {};
    const char* data = nullptr;
    const long length = BIO_get_mem_data(out.get(), &data);
    if (length <= 0) return {};
    return bytes::valid_utf8({data, static_cast<std::size_t>(length)});
}

std::string hex_number(const ASN1_INTEGER* number) {
    const std::string digits = bytes::hex(view_of(number));
    return ASN1_STRING_type(number) == V_ASN1_NEG_INTEGER ? "-" + digits : digits;
}

std::optional<bytes::Time> time_of(const ASN1_TIME* time) {
    using namespace std::chrono;
    std::tm tm{};
    if (!time || ASN1_TIME_to_tm(time, &tm) != 1) return {};
    const int year_number = tm.tm_year + 1900;
    // [RFC 5280] 4.1.2.5: 99991231235959Z says that there is no end; any date behind what can be held is one for us.
    if (year_number > static_cast<int>(year_month_day{floor<days>(bytes::kLatest)}.year())) return bytes::kLatest;
    if (year_number < static_cast<int>(year_month_day{floor<days>(bytes::kEarliest)}.year())) return {};
    const year_month_day day{year{year_number}, month{static_cast<unsigned>(tm.tm_mon + 1)},
                             std::chrono::day{static_cast<unsigned>(tm.tm_mday)}};
    if (!day.ok()) return {};
    return sys_days{day} + hours{tm.tm_hour} + minutes{tm.tm_min} + seconds{tm.tm_sec};
}

// [RFC 5952] 4: the longest run of two or more zero groups becomes "::", the first of equals.
std::string ipv6_text(bytes::View address) {
    std::array<std::uint16_t, 8> groups{};
    bytes::Cursor in{address};
    for (auto& group : groups) group = in.u16be("group");
    std::size_t best = 0, best_length = 1;
    for (std::size_t i = 0, run = 0; i < groups.size(); ++i) {
        run = groups[i] == 0 ? run + 1 : 0;
        if (run > best_length) {
            best_length = run;
            best = i + 1 - run;
        }
    }
    if (best_length == 1) best = groups.size();  // no run: no "::"
    std::string out;
    for (std::size_t i = 0; i < groups.size(); ++i) {
        if (i == best) {
            out += "::";
            i += best_length - 1;
            continue;
        }
        if (!out.empty() && out.back() != ':') out += ':';
        out += fmt::format("{:x}", groups[i]);
    }
    return out;
}

// Empty for the kinds of name that nobody asks for.
std::string name_text(const GENERAL_NAME& name) {
    switch (name.type) {
        case GEN_DNS:
            return "DNS:" + text_of(name.d.dNSName);
        case GEN_EMAIL:
            return "email:" + text_of(name.d.rfc822Name);
        case GEN_URI:
            return "URI:" + text_of(name.d.uniformResourceIdentifier);
        case GEN_IPADD: {
            const bytes::View address = view_of(name.d.iPAddress);
            if (address.size() == 16) return "IP:" + ipv6_text(address);
            if (address.size() != 4) return "IP:" + bytes::hex(address);  // no address, but what is there
            bytes::Cursor in{address};
            const unsigned a = in.u8("a"), b = in.u8("b"), c = in.u8("c"), d = in.u8("d");
            return fmt::format("IP:{}.{}.{}.{}", a, b, c, d);
        }
        default:
            return {};
    }
}

std::string oid_text(const ASN1_OBJECT* object) {
    std::array<char, 256> out{};
    const int length = OBJ_obj2txt(out.data(), static_cast<int>(out.size()), object, 1);
    if (length <= 0) return {};
    return {out.data(), std::min(static_cast<std::size_t>(length), out.size() - 1)};
}

void read_names(Certificate& out, const X509* cert) {
    const NamesPtr names{static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(cert, NID_subject_alt_name, nullptr, nullptr))};
    for (int i = 0; names && i < std::min(kMostNames, sk_GENERAL_NAME_num(names.get())); ++i) {
        std::string text = name_text(*sk_GENERAL_NAME_value(names.get(), i));
        if (!text.empty()) out.subject_alt_names.push_back(std::move(text));
    }
}

void read_usages(Certificate& out, const X509* cert) {
    const UsagesPtr usages{
        static_cast<EXTENDED_KEY_USAGE*>(X509_get_ext_d2i(cert, NID_ext_key_usage, nullptr, nullptr))};
    for (int i = 0; usages && i < std::min(kMostNames, sk_ASN1_OBJECT_num(usages.get())); ++i)
        out.extended_key_usage.push_back(oid_text(sk_ASN1_OBJECT_value(usages.get(), i)));
}

void read_algorithms(Certificate& out, X509* cert) {
    const X509_ALGOR* algorithm = nullptr;
    X509_get0_signature(nullptr, &algorithm, cert);
    const ASN1_OBJECT* object = nullptr;
    X509_ALGOR_get0(&object, nullptr, nullptr, algorithm);
    const int nid = OBJ_obj2nid(object);
    out.signature_algorithm = nid == NID_undef ? oid_text(object) : OBJ_nid2ln(nid);

    // Some RDP servers name an algorithm for their key that is none (zeek/zeek issue 5425): the rest still counts.
    EVP_PKEY* key = X509_get0_pubkey(cert);
    const char* type = key ? EVP_PKEY_get0_type_name(key) : nullptr;
    out.key_algorithm = type ? type : "unreadable";
    if (key) out.key_bits = static_cast<unsigned>(std::max(0, EVP_PKEY_get_bits(key)));

    out.self_issued = X509_NAME_cmp(X509_get_subject_name(cert), X509_get_issuer_name(cert)) == 0;
    // X509_verify asks no security level, so that MD5 and SHA-1 signatures are checked as well.
    out.self_signed = out.self_issued && key && X509_verify(cert, key) == 1;
}

}  // namespace

std::optional<Certificate> parse_certificate(bytes::View der) {
    const ErrorQueue cleared_at_the_end;
    const auto* const begin = reinterpret_cast<const unsigned char*>(der.data());
    const unsigned char* end = begin;
    const X509Ptr cert{d2i_X509(nullptr, &end, static_cast<long>(der.size()))};
    if (!cert) return {};
    const bytes::View own = der.first(static_cast<std::size_t>(end - begin));

    Certificate out;
    out.subject = one_line(X509_get_subject_name(cert.get()));
    out.issuer = one_line(X509_get_issuer_name(cert.get()));
    out.serial = hex_number(X509_get0_serialNumber(cert.get()));
    out.not_before = time_of(X509_get0_notBefore(cert.get()));
    out.not_after = time_of(X509_get0_notAfter(cert.get()));
    out.sha1 = sha1_text(own);
    out.sha256 = sha256_text(own);
    read_names(out, cert.get());
    read_usages(out, cert.get());
    read_algorithms(out, cert.get());
    return out;
}

}  // namespace rdpdx::tls
