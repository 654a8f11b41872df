// SPDX-License-Identifier: MIT
#include "adapters/deploy/disk_file_placer.h"

#include <set>
#include <span>
#include <vector>

#include "adapters/deploy/file_plan.h"
#include "adapters/deploy/file_trouble.h"
#include "adapters/deploy/target_file.h"

namespace certmgr::deploy {
namespace {

struct Job {
  PlannedFile plan;
  TargetFile target;
  std::optional<OldFile> old;
  Ownership wanted;
};
using Jobs = std::vector<Job>;

template <class T>
Result<T> named(Result<T> result, std::string_view what, const Server& server) {
  if (!result) result.error().what = std::string(what) + " " + server.name;
  return result;
}

Result<Jobs> open_jobs(std::vector<PlannedFile> plan) {
  Jobs jobs;
  for (auto& file : plan) {
    auto target = TargetFile::open(file.path);
    if (!target) return fail(target.error());
    jobs.push_back({std::move(file), std::move(*target), std::nullopt, {}});
  }
  return jobs;
}

/// Also looks at what is there and decides on owner and mode.
Result<Jobs> look_at_jobs(const Server& server, std::vector<PlannedFile> plan) {
  auto jobs = open_jobs(std::move(plan));
  if (!jobs) return jobs;
  for (auto& job : *jobs) {
    auto old = job.target.look();
    if (!old) return fail(old.error());
    job.old = *old;
    std::optional<struct stat> status;
    if (job.old && !job.old->dangling) status = job.old->status;
    auto wanted = wanted_ownership(server, status, job.plan.secret);
    if (!wanted) return fail(wanted.error());
    job.wanted = *wanted;
  }
  return jobs;
}

Result<bool> all_kept(const Jobs& jobs) {
  for (const auto& job : jobs) {
    auto kept = job.target.kept();
    if (!kept || !*kept) return kept;
  }
  return true;
}

template <class Step>
Result<void> each(std::span<Job> jobs, Step step) {
  for (auto& job : jobs)
    if (Result<void> done = step(job); !done) return done;
  return {};
}

Result<void> sync_folders(std::span<Job> jobs) {
  std::set<std::string> done;
  return each(jobs, [&](Job& job) -> Result<void> {
    if (!done.insert(folder_of(job.plan.path)).second) return {};
    return job.target.sync_folder();
  });
}

Result<void> remove_kept(std::span<Job> jobs) {
  return each(jobs, [](Job& job) { return job.target.forget(); });
}

Result<void> forget(std::span<Job> jobs) {
  if (auto removed = remove_kept(jobs); !removed) return removed;
  return sync_folders(jobs);
}

Result<void> put_back(Jobs& jobs) {
  if (auto back = each(jobs, [](Job& job) { return job.target.put_back(); }); !back) return back;
  if (auto synced = sync_folders(jobs); !synced) return synced;
  return forget(jobs);
}

/// Everything up to the first rename.
Result<void> prepare(Jobs& jobs, bool kept_before) {
  auto written =
      each(jobs, [](Job& job) { return job.target.write_new(job.plan.content.text(), job.wanted, job.old); });
  if (!written) return written;
  if (!kept_before)
    if (auto kept = each(jobs, [](Job& job) { return job.target.keep_old(); }); !kept) return kept;
  return sync_folders(jobs);
}

void undo_preparation(Jobs& jobs, bool kept_before) {
  // Best effort: what cannot be removed now has a name under which the next call finds it.
  for (auto& job : jobs) static_cast<void>(kept_before ? job.target.forget_new() : job.target.forget());
}

Result<void> replace_all(Jobs& jobs) {
  std::size_t count = 0;
  auto replaced = each(jobs, [&](Job& job) {
    auto done = job.target.replace();
    if (done) ++count;
    return done;
  });
  if (replaced) replaced = sync_folders(jobs);
  if (replaced) return replaced;
  // Only what was replaced: the one that refused would refuse again.
  const auto changed = std::span(jobs).first(count);
  auto back = each(changed, [](Job& job) { return job.target.put_back(); });
  if (back) back = sync_folders(changed);
  if (back) {
    static_cast<void>(forget(jobs));
    return replaced;
  }
  Trouble trouble = replaced.error();
  trouble.why += "; and the old files could not be put back: " + back.error().why;
  trouble.hint += "; then run 'certmgr deploy' again";
  return fail(trouble);
}

Result<void> place_all(const Server& server, const Material& material) {
  if (auto fits = check_pair(material); !fits) return fits;
  auto jobs = look_at_jobs(server, plan_files(server.files, material));
  if (!jobs) return fail(jobs.error());
  auto kept_before = all_kept(*jobs);
  if (!kept_before) return fail(kept_before.error());
  if (!*kept_before)
    if (auto clean = remove_kept(*jobs); !clean) return clean;
  if (auto prepared = prepare(*jobs, *kept_before); !prepared) {
    undo_preparation(*jobs, *kept_before);
    return prepared;
  }
  return replace_all(*jobs);
}

Result<bool> holds_all(const Server& server, const Material& material) {
  auto jobs = look_at_jobs(server, plan_files(server.files, material));
  if (!jobs && jobs.error().code == "folder_missing") return false;
  if (!jobs) return fail(jobs.error());
  for (const auto& job : *jobs) {
    if (!job.old || job.old->link || !job.wanted.fits(job.old->status)) return false;
    auto same = job.target.holds(job.plan.content.text());
    if (!same || !*same) return same;
  }
  return true;
}

Result<void> restore_all(const Server& server) {
  auto jobs = open_jobs(plan_paths(server.files));
  if (!jobs) return fail(jobs.error());
  auto kept = all_kept(*jobs);
  if (!kept) return fail(kept.error());
  return *kept ? put_back(*jobs) : forget(*jobs);
}

Result<void> drop_all(const Server& server) {
  auto jobs = open_jobs(plan_paths(server.files));
  if (!jobs) return fail(jobs.error());
  return forget(*jobs);
}

Result<void> check_all(const Server& server) {
  auto jobs = look_at_jobs(server, plan_paths(server.files));
  if (!jobs) return fail(jobs.error());
  return each(*jobs, [](Job& job) -> Result<void> {
    if (auto writable = job.target.writable(); !writable) return writable;
    return can_give(job.wanted, job.plan.path);
  });
}

}  // namespace

Result<bool> DiskFilePlacer::holds(const Server& server, const Material& material) {
  return named(holds_all(server, material), "cannot look at the files of", server);
}

Result<void> DiskFilePlacer::place(const Server& server, const Material& material) {
  return named(place_all(server, material), "cannot put the new files into place for", server);
}

Result<void> DiskFilePlacer::restore(const Server& server) {
  return named(restore_all(server), "cannot put the old files back for", server);
}

Result<void> DiskFilePlacer::drop_backups(const Server& server) {
  return named(drop_all(server), "cannot remove the kept old files of", server);
}

Result<void> DiskFilePlacer::check_places(const Server& server) {
  return named(check_all(server), "the files of this server cannot be written:", server);
}

}  // namespace certmgr::deploy
