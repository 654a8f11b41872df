// SPDX-License-Identifier: MIT
#pragma once

#include "adapters/store/database.h"
#include "certmgr/ports/clock.h"
#include "certmgr/ports/store.h"

namespace certmgr::store {

class SqliteServerStore final : public ServerStore {
 public:
  SqliteServerStore(Database& database, const Clock& clock) : database_(database), clock_(clock) {}

  std::optional<Server> find_server(const std::string& name) override;
  std::optional<Server> server(std::int64_t id) override;
  std::vector<Server> servers() override;
  Server add_server(const Server& server, const EventDraft& event) override;
  void change_server(const Server& server, const EventDraft& event) override;
  void remove_server(std::int64_t id, const EventDraft& event) override;

 private:
  Database& database_;
  const Clock& clock_;
};

}  // namespace certmgr::store
