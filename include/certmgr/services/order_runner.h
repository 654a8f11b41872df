// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <vector>

#include "certmgr/domain/order_machine.h"
#include "certmgr/ports/solver.h"
#include "certmgr/services/account_desk.h"
#include "certmgr/services/order_limits.h"
#include "certmgr/services/task_runner.h"

namespace certmgr {

/// Steps orders: asks the domain what to do, does it through a port, commits the outcome.
class OrderRunner final : public TaskRunner {
 public:
  /// What the organization of an enrolled order is called now, in normal form C; empty: nobody knows.
  using SubjectToday = std::function<std::vector<SubjectAttribute>(const Order&)>;
  /// `limits` may be nullptr: no CA has any. `subject_today` may be empty: only control is ordered.
  OrderRunner(OrderStore& orders, CertificateStore& certificates, Keyring& keyring, AccountDesk& accounts,
              Solver& solver, Clock& clock, OrderLimits* limits = nullptr, SubjectToday subject_today = {});
  StepResult step(std::int64_t order_id, Progress& progress) override;
  bool only_cleans_up(std::int64_t order_id) override;
  void let_go(std::int64_t order_id) override;
  /// An open order is to prove control in another way from now on. What it published the old way is
  /// withdrawn, at once or later.
  Order change_challenge(Order order, const CertificateSpec& wanted, Progress& progress);
  /// Gives up an open order; what it published is withdrawn, at once or later.
  void withdraw(Order order, Progress& progress);
  /// Before it is forgotten: what it published is withdrawn now, and it has nothing left to do. What could
  /// not be withdrawn.
  std::vector<Leftover> abandon(Order order);
  /// Could proofs be published this way? What can be told without publishing anything.
  Result<void> check_challenge(const ChallengeSettings& challenge) { return solver_.check(challenge); }
  /// A person asked: forget the pause after an earlier failure, unless the CA itself named the time.
  void hurry(std::int64_t order_id);

 private:
  /// Of a withdrawal: what comes after one that hangs is tried the next time, or there is no next time.
  enum class Haste { somebody_waits, none };
  struct Held {
    Order order;  // may be ahead of the store by what the CA would tell again
    RunMemory memory;
    std::vector<OrderStore::PastEvent> unsaved;
  };
  struct Performed {
    OrderOutcome outcome;
    std::optional<SealedKey> new_key;
  };

  Held take(std::int64_t order_id);
  void put(const Held& held);
  std::vector<Leftover> withdraw_proofs(const std::vector<Leftover>& proofs,
                                        Haste haste = Haste::somebody_waits);
  void withdraw_earlier(const Order& order, const Proof& proof, const ChallengeSettings& way,
                        Progress& progress);
  OrderOutcome clean_up(const Order& order);
  bool another_proves(const Order& order);
  Performed make_key(const Order& order);
  Performed take_key(const Order& order);
  Performed perform(const OrderAction& action, const Order& order, Progress& progress);
  Result<OrderOutcome> perform_at_ca(const OrderAction& action, const Order& order, Progress& progress);
  Result<OrderOutcome> place(Ca& ca, const Order& order, Progress& progress);
  Result<OrderOutcome> find_lost_order(Ca& ca, const Order& order);
  Result<OrderOutcome> locate(const Order& order, const Proof& proof);
  /// What is to be done before this proof can be published: nothing, or it is the other outcome.
  Result<std::optional<OrderOutcome>> hand_over(Ca& ca, const Order& order, const Proof& proof,
                                                const ChallengeSettings& way, Progress& progress);
  Result<OrderOutcome> publish(Ca& ca, const Order& order, const Proof& proof, Progress& progress);
  Result<OrderOutcome> finalize(Ca& ca, const Order& order, const FinalizeOrder& action);
  Result<OrderOutcome> download(Ca& ca, const Order& order, const DownloadChain& action, Progress& progress);
  Result<SealedKey> key(const std::string& key_id);
  /// The id of the key that the certificate has, if it is to have it again.
  std::optional<std::string> key_to_keep(const Order& order);
  Order commit(const Held& held, const Order& after, const Performed& done);

  OrderStore& orders_;
  CertificateStore& certificates_;
  Keyring& keyring_;
  AccountDesk& accounts_;
  Solver& solver_;
  Clock& clock_;
  OrderLimits* limits_;
  SubjectToday subject_today_;
  std::mutex mutex_;
  std::map<std::int64_t, Held> held_;
  /// Of orders that were let go of while what they published stayed published here: the revision they had.
  std::map<std::int64_t, std::int64_t> served_;
  std::set<std::int64_t> hurried_;
  /// By order and challenge URL: when a proof that makes room for another one was last not withdrawn.
  std::map<std::int64_t, std::map<std::string, Instant>> no_room_;
};

}  // namespace certmgr
