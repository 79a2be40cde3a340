// Texts of a support bundle beside one failed attempt, read and placed as the program does it.
#pragma once

#include "src/correlate/texts.hpp"
#include "src/observe/texts.hpp"
#include "src/rules/evaluate.hpp"
#include "tests/support/attempts.hpp"
#include "tests/support/knowledge.hpp"

namespace rdpdx::test {

struct TextFile {
    std::string path, text;
};

// A capture is input 0, texts are those behind it.
struct TextCase {
    std::vector<model::Attempt> attempts;
    std::vector<model::Input> inputs;

    TextCase(model::Attempt attempt, const std::vector<TextFile>& files) {
        attempts.push_back(std::move(attempt));
        inputs.emplace_back().path = "case/a.pcap";
        std::vector<model::MachineTexts> texts;
        for (const TextFile& file : files) {
            observe::TextObserver observer{static_cast<std::uint32_t>(inputs.size())};
            bytes::MemorySource source{std::as_bytes(std::span{file.text})};
            config::read(source, [&](config::Item&& item) { observer.add(item); });
            texts.push_back(observer.take());
            inputs.emplace_back().path = file.path;
        }
        correlate::place_texts(attempts, texts, inputs);
    }
    const model::Observation* find(std::string_view kind, std::string_view name = {}) const {
        for (const model::Track& t : attempts[0].tracks)
            for (const model::Observation& o : t.seen)
                if (o.kind == kind && (name.empty() || o.string("name") == name)) return &o;
        return nullptr;
    }
    std::optional<model::Confidence> gives(std::string_view cause) const {
        for (const model::Finding& f : rules::evaluate(shipped_causes(), attempts[0]))
            if (f.id == cause) return f.confidence;
        return {};
    }
};

inline model::Attempt failed(model::Stage stage, std::vector<model::Observation> seen) {
    model::Attempt a = attempt_of({wire_track(std::move(seen))});
    a.outcome = model::Outcome::failed;
    a.stage = stage;
    a.server.name = "RDSH1.lab.example";
    // The 21st of November 2026.
    a.started = a.ended = model::Time{std::chrono::seconds{1'795'000'000}};
    return a;
}

inline model::Attempt refused() {
    return failed(model::Stage::tcp_connect, {saw("tcp.syn", 1), saw("tcp.refused", 2)});
}

inline model::Attempt closed_at_hello() {
    return failed(
        model::Stage::tls_handshake,
        {saw("tls.client-hello", 1, model::Effect::noted, {}, {{"versions", std::vector<std::string>{"TLS 1.2"}}}),
         saw("attempt.ended", 2, model::Effect::noted, {},
             {{"by", s("server")}, {"how", s("fin")}, {"after", s("tls.client-hello")}})});
}

inline std::string reg(std::string_view key, std::string_view values) {
    return "Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\" + std::string{key} + "]\r\n" +
           std::string{values} + "\r\n";
}
const inline std::string kTerminalServer = "SYSTEM\\CurrentControlSet\\Control\\Terminal Server";
const inline std::string kDenied = reg(kTerminalServer, "\"fDenyTSConnections\"=dword:00000001");

}  // namespace rdpdx::test
