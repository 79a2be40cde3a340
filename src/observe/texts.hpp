// What support bundles' texts say of a machine -> observations that rules can ask for. What says nothing of RDP is left
// out.
#pragma once

#include "parsers/config/config.hpp"
#include "src/model/machine_texts.hpp"

namespace rdpdx::observe {

// Of one file or folder, as far as it was listed.
struct KeyRights {
    config::Place at;
    std::string path, network_service, system, administrators;
    bool english{};  // accounts have names that are known
};

class TextObserver {
public:
    explicit TextObserver(std::uint32_t input) { out_.input = input; }
    void add(const config::Item& item);
    // Once, after the last item.
    model::MachineTexts take();

private:
    void add(const config::RegistryValue& value);
    void add(const config::StoreCertificate& certificate);
    void add(const config::StoreEnd& end);
    void add(const config::AccessEntry& entry);
    void add(const config::Socket& socket);
    void add(const config::Listener& listener);
    void add(const config::SessionsEnd& end);
    void add(const config::Service& service);
    void add(const config::MachineName& name);
    void add(const config::MachineAddress& address);
    void schannel(const config::RegistryValue& value, std::string_view key);
    bool name_of_machine(const config::RegistryValue& value, std::string_view key);
    model::Evidence evidence(const config::Place& at) const noexcept;
    void say(const config::Place& at, std::string_view kind, std::vector<model::Field> fields, std::string text);

    void put(KeyRights&& rights);

    model::MachineTexts out_;
    std::optional<KeyRights> rights_;
    std::optional<config::Place> last_tcp_;
    bool udp_{}, named_port_{};
};

}  // namespace rdpdx::observe
