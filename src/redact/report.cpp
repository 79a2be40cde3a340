#include "src/redact/report.hpp"

#include <algorithm>
#include <array>
#include <functional>

#include "src/model/note.hpp"
#include "src/redact/event_fields.hpp"

namespace rdpdx::redact {
namespace {

// Fields of observations that name somebody, whatever the kind. Others are text.
struct Typed {
    std::string_view field;
    What what;
};
constexpr std::array kTyped{
    Typed{"account", What::user},    Typed{"address", What::host},        Typed{"addresses", What::host},
    Typed{"client", What::host},     Typed{"client_address", What::host}, Typed{"cname", What::user},
    Typed{"cookie", What::cookie},   Typed{"cookie_hash", What::digits},  Typed{"domain", What::domain},
    Typed{"host", What::host},       Typed{"issuer", What::subject},      Typed{"names", What::alt_name},
    Typed{"others", What::host},     Typed{"proxy", What::host},          Typed{"realm", What::domain},
    Typed{"router", What::host},     Typed{"serial", What::digits},       Typed{"server", What::host},
    Typed{"sha1", What::digits},     Typed{"sname", What::host},          Typed{"sni", What::host},
    Typed{"subject", What::subject}, Typed{"target", What::host},         Typed{"token", What::token},
    Typed{"user", What::user},       Typed{"workstation", What::host},
};

What what_of(const model::Observation& o, std::string_view field, const std::string& value) {
    constexpr std::string_view kData = "data.";
    if (field.starts_with(kData)) return what_of_event_field(field.substr(kData.size()), value);
    if (field == "name")
        return o.kind == "dns.answer" || o.kind == "dns.failure" || o.kind == "gcc.client" ? What::host : What::text;
    if (o.kind == "kdc.pdu" && field == "account") return What::text;  // a word of ours
    const auto row = std::ranges::find(kTyped, field, &Typed::field);
    return row == kTyped.end() ? What::text : row->what;
}

// Goes to every text of a value that comes from evidence or may hold some, and says what it is. The one list of them:
// what is learned and what is rewritten cannot differ.
class Visit {
public:
    using Each = std::function<void(What, std::string&)>;
    explicit Visit(Each each) : each_{std::move(each)} {}

    void operator()(model::Report& r) {
        for (auto& i : r.inputs) (*this)(i);
        for (auto& a : r.attempts) (*this)(a);
        for (auto& n : r.log_health) {
            each_(What::host, n.computer);
            each_(What::text, n.text);
        }
        each_(What::text, r.verdict.sentence);
    }
    void operator()(model::Input& i) {
        each_(What::path, i.path);
        texts(i.notes);
        if (i.coverage) each_(What::text, i.coverage->filter);
    }
    void operator()(model::Track& t) {
        (*this)(t.client);
        (*this)(t.server);
        each_(What::user, t.user);
        each_(What::host, t.target);
        each_(What::text, t.activity_id);
        for (auto& o : t.seen) (*this)(o);
        if (t.wire) {
            (*this)(t.wire->negotiation);
            each_(What::host, t.wire->tls.sni);
            certificate(t.wire->certificate);
        }
        if (t.udp) (*this)(*t.udp);
    }

private:
    // What others hold as well stays as it is for them.
    void said(model::Said& text) {
        std::string own = text.str();
        each_(What::text, own);
        if (text != own) text = std::move(own);
    }
    void certificate(std::shared_ptr<const model::Certificate>& held) {
        if (!held) return;
        model::Certificate own = *held;
        (*this)(own);
        held = std::make_shared<const model::Certificate>(std::move(own));
    }
    void texts(std::vector<model::Said>& list) {
        for (model::Said& text : list) said(text);
    }
    void texts(std::vector<std::string>& list) {
        for (std::string& text : list) each_(What::text, text);
    }
    void operator()(model::Endpoint& e) {
        each_(What::host, e.address);
        each_(What::host, e.name);
    }
    void operator()(model::Negotiation& n) {
        if (n.cookie) each_(What::cookie, *n.cookie);
        if (n.routing_token) each_(What::token, *n.routing_token);
        each_(What::digits, n.correlation_id);
    }
    void operator()(model::Certificate& c) {
        each_(What::subject, c.subject);
        each_(What::subject, c.issuer);
        for (std::string& name : c.subject_alt_names) each_(What::alt_name, name);
        for (std::string* text : {&c.serial, &c.sha1, &c.sha256}) each_(What::digits, *text);
    }
    void operator()(model::UdpTransport& u) {
        each_(What::digits, u.correlation_id);
        each_(What::digits, u.cookie_hash);
        each_(What::text, u.note);
    }
    void operator()(model::Observation& o) {
        said(o.text);
        for (model::Field& f : o.fields.edit()) {
            if (auto* text = std::get_if<std::string>(&f.value)) each_(what_of(o, f.name, *text), *text);
            if (auto* list = std::get_if<std::vector<std::string>>(&f.value))
                for (std::string& text : *list) each_(what_of(o, f.name, text), text);
        }
    }
    void operator()(model::Finding& f) {
        said(f.title);
        texts(f.because);
        texts(f.against);
        for (auto& s : f.remedy) (*this)(s);
    }
    void operator()(model::Step& s) {
        for (model::Said* text : {&s.text, &s.command, &s.caution}) said(*text);
    }
    void operator()(model::RuleTrace& t) {
        each_(What::text, t.title);
        each_(What::text, t.note);
        for (auto& clause : t.clauses) {
            each_(What::text, clause.text);
            each_(What::text, clause.lack);
        }
    }
    void operator()(model::Attempt& a) {
        for (auto& t : a.tracks) (*this)(t);
        for (auto& log : a.logs) each_(What::host, log.computer);
        (*this)(a.client);
        (*this)(a.server);
        each_(What::user, a.user);
        each_(What::text, a.sentence);
        said(a.end_note);
        for (auto& s : a.stages) said(s.note);
        if (a.cause) (*this)(*a.cause);
        for (auto& f : a.alternatives) (*this)(f);
        for (auto& code : a.codes)
            if (auto* text = std::get_if<std::string>(&code.value)) each_(What::text, *text);
        texts(a.codes_meaning);
        (*this)(a.negotiation);
        each_(What::host, a.tls.sni);
        certificate(a.certificate);
        for (auto& u : a.udp) (*this)(u);
        for (auto& m : a.missing) {
            said(m.what);
            said(m.how);
        }
        for (auto& s : a.next_steps) (*this)(s);
        for (auto& p : a.path) each_(What::text, p.assumption);
        for (auto& t : a.rule_trace) (*this)(t);
    }

    Each each_;
};

// What somebody wrote into a capture may be anything, of any length; no pass over it finds every name.
void leave_out_comments(model::Input& input) {
    for (std::string& note : input.notes)
        if (note.starts_with(model::kCaptureComment)) note = std::string{model::kCaptureComment} + "(left out)";
}

Visit learning(Redactor& redactor) {
    return Visit{[&redactor](What what, const std::string& text) { redactor.learn(what, text); }};
}
Visit rewriting(Redactor& redactor) {
    return Visit{[&redactor](What what, std::string& text) {
        if (!text.empty()) text = redactor.redacted(what, text);
    }};
}

}  // namespace

void redact(model::Report& report, Redactor& redactor) {
    for (model::Input& input : report.inputs) leave_out_comments(input);
    learning(redactor)(report);
    rewriting(redactor)(report);
    report.redacted = true;
}

void redact(std::vector<model::Input>& inputs, std::vector<model::Track>& tracks, Redactor& redactor) {
    auto learn = learning(redactor);
    auto rewrite = rewriting(redactor);
    for (model::Input& input : inputs) {
        leave_out_comments(input);
        learn(input);
    }
    for (model::Track& track : tracks) learn(track);
    for (model::Input& input : inputs) rewrite(input);
    for (model::Track& track : tracks) rewrite(track);
}

}  // namespace rdpdx::redact
