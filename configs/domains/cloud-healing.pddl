; cloud-healing: what PASE believes about recovering a cloud.
;
; This is the planner's and the verifier's MODEL of operations, written from operational practice. It is
; deliberately not the cloud: it knows nothing of caches that a restart cools, back-off delays, load dynamics, relapses,
; of the kind of a bad configuration or credential, or of facts that were observed wrongly (docs/domain.md lists the
; omissions).
;
; Reading guide
;   * A roll-out of a release or of resources replaces pods one by one and stops at the first that does not come up, so
;     it needs admission and quota only. A restart is asked for because pods are to be replaced whatever their state:
;     it needs configuration, credentials and placement in order as well. Nothing rolls while its controller is down or
;     its roll-out is paused.
;   * The twenty predicates under "conditions" are hidden: a hypothesis sets them. Everything else is inventory,
;     known without looking.
;   * Facts that start with "was-" are snapshots of the start of the plan: an incident may violate the absolute form
;     of an invariant already, so invariants speak about what the plan takes away.
;   * The comment right above an action is its documentation: prompts, schemas and docs read it from here.
;   * `total-time` is in simulated seconds: the duration of the step and its source stand behind each increase.
;
; Sources of durations
;   [start]   Kubernetes SLO for pod start-up: <= 5 s at p99, image pull excluded; readiness adds one probe period
;             (10 s, the default of periodSeconds). One pod of a rollout: 15 s; three one after another: 45 s.
;   [grace]   terminationGracePeriodSeconds, default 30 s.
;   [pull]    Image pull of a few hundred MB at about 100 Mbit/s: 20 s (assumption, order of magnitude).
;   [apply]   One API write and its propagation to controllers: 5 s (assumption, order of magnitude).
;   [poll]    Feature-flag clients poll every 30 s (common default of flag SDKs).
;   [rbac]    kube-apiserver caches refusals of a webhook authoriser for 30 s (its default).
;   [acme]    Issuing and distributing a certificate through ACME: about 45 s (assumption).
;   [dns]     CoreDNS reload 30 s (reload plugin default) + cache TTL 30 s (cache plugin default).
;   [vm]      Start of a virtual machine: 26-29 s measured for large clouds, + 60 s to join and become Ready.
;   [lb]      A load balancer takes or gives back a zone's traffic: 30 s, one health-check window (3 x 10 s).
;   [failover] Promotion of a replica by a cluster manager: under 35 s (managed cluster databases; others 60-120 s).
;   [volume]  Detaching, attaching or growing a cloud volume: 30 s (assumption, order of magnitude).
;   [copy]    Copying about 10 GB of data at about 100 MB/s: 100 s (assumption, order of magnitude).
;   [scan]    Walking through records, queue or keys of a store at speed: 60 s (assumption, order of magnitude).
;   [look]    A person or a model reading a dashboard: 10 s (assumption).

(define (domain cloud-healing)
  (:requirements :strips :typing :negative-preconditions :disjunctive-preconditions :equality
                 :existential-preconditions :universal-preconditions :conditional-effects :numeric-fluents
                 :action-costs :constraints)

  (:types service node zone)

  (:predicates
    ; --- conditions: hidden unhealthy modes of a service
    (artifact-bad ?s - service)       ; the released code or image is defective
    (config-bad ?s - service)         ; configuration, flag, probe or resource setting is wrong
    (process-stale ?s - service)      ; processes hold an outdated or damaged state that only a restart renews
    (capacity-short ?s - service)     ; offered load exceeds what the healthy replicas can serve
    (unplaceable ?s - service)        ; new pods find no node
    (admission-blocked ?s - service)  ; new pods are refused by quota, webhook or policy
    (actor-active ?s - service)       ; a job, experiment or neighbour keeps disturbing the service
    (route-wrong ?s - service)        ; names or endpoints lead elsewhere
    (path-blocked ?s - service)       ; a network policy, a route or a partition drops its traffic
    (path-degraded ?s - service)      ; its network path is slow or lossy
    (credential-bad ?s - service)     ; secret, certificate or role is not accepted
    (leak-growing ?s - service)       ; memory grows without bound
    (controller-down ?s - service)    ; the controller that reconciles it does not work: roll-outs stall
    (storage-unavailable ?s - service) ; its volume is full, detached or unreadable
    (primary-down ?s - service)       ; its data has no working writer
    (state-residue ?s - service)      ; orphans or damaged records are left in its data
    (head-blocked ?s - service)       ; one session, record or object holds up everything behind it
    (work-backlogged ?s - service)    ; more work waits than is worked off
    (cache-cold ?s - service)         ; the cache is empty and its callers pay for it
    (node-bad ?s - service)           ; a node or zone that hosts its pods is lost, sick or wrong about the time

    ; --- inventory: what the control plane shows for free
    (serving ?s - service)            ; at least one ready pod
    (was-serving ?s - service)        ; snapshot of serving at the start of the plan
    (stateful ?s - service)
    (database ?s - service)
    (cache ?s - service)
    (queue ?s - service)
    (rollback-available ?s - service) ; a previous version is kept
    (limited ?s - service)            ; a rate limit is in force on the way in
    (was-limited ?s - service)        ; snapshot of limited
    (circuit-open ?s - service)       ; callers do not call it
    (was-circuit-open ?s - service)   ; snapshot of circuit-open
    (paused ?s - service)             ; its roll-out is paused
    (was-paused ?s - service)         ; snapshot of paused
    (in-rollout ?s - service)         ; pods of the service are being replaced by this plan
    (replicated ?s - service)         ; its data has a primary and replicas
    (has-replica ?s - service)        ; a replica besides the primary is ready
    (fenced ?s - service)             ; the old primary is kept from writing
    (promoted ?s - service)           ; this plan has moved the writer
    (had-quorum ?s - service)         ; a group of three or more that had most of its members at the start
    (has-backup ?s - service)
    (backup-verified ?s - service)    ; somebody has checked that the backup can be restored
    (hosts ?n - node ?s - service)    ; at least one pod of the service is on the node
    (hosts-all ?n - node ?s - service) ; every pod of the service is on the node
    (node-ready ?n - node)
    (node-suspect ?n - node)          ; not ready, or with a condition off its norm
    (clock-off ?n - node)             ; the control plane sees its clock unsynchronised
    (nodes-unremarkable)              ; no node was suspect at the start: the control plane cannot tell which one is bad
    (cordoned ?n - node)
    (was-cordoned ?n - node)          ; snapshot of cordoned at the start of the plan
    (in-zone ?n - node ?z - zone)
    (zone-hosts ?z - zone ?s - service) ; at least one pod of the service is in the zone
    (zone-hosts-all ?z - zone ?s - service) ; every pod of the service is in the zone
    (zone-out ?z - zone)              ; none of its nodes is ready
    (zone-suspect ?z - zone)          ; every suspect node was in it at the start
    (zone-was-full ?z - zone)         ; its load was above the bound already at the start
    (shifted ?z - zone)               ; traffic is kept off a zone that could take it
    (was-shifted ?z - zone)           ; snapshot of shifted
    (handed-over))                    ; a human has the incident: no plan of ours resolves it any more

  (:functions
    (desired ?s - service)            ; replicas asked for
    (ready ?s - service)              ; replicas ready at the start of the plan; followed for groups that had a quorum
    (baseline ?s - service)           ; replicas of a normal day
    (writers ?s - service)            ; members of its group that may write: 1 in order
    (replica-lag ?s - service)        ; seconds that the best replica is behind
    (lag-bound)                       ; seconds of writes that a promotion may put at risk
    (suspect-hosts ?s - service)      ; suspect nodes that host it
    (pods-on ?n - node ?s - service)  ; pods of the service on the node
    (free-slots ?n - node)            ; pods that still fit on the node
    (pods ?n - node)                  ; pods on the node
    (schedulable-slots)               ; free slots on all ready nodes that are not cordoned
    (zone-load ?z - zone)             ; load of the zone, in replicas that work at full capacity
    (zone-capacity ?z - zone)         ; ready replicas in the zone
    (zone-moved ?z - zone)            ; load that was shifted away by this plan
    (open-zones)                      ; zones that take traffic
    (quota-left)                      ; pods that the namespace quota still admits
    (rollouts)                        ; services whose pods this plan is replacing at this moment
    (blast-limit)                     ; services that may be disrupted at once
    (total-time))

  (:constraints (and
    ; What was serving keeps at least one ready pod.
    (always (forall (?s - service) (imply (was-serving ?s) (serving ?s))))
    ; A group that had a quorum keeps most of its members.
    (always (forall (?s - service) (imply (had-quorum ?s) (> (* 2 (ready ?s)) (baseline ?s)))))
    ; A group never has two writers: the old primary is fenced before a replica is promoted.
    (always (forall (?s - service) (<= (writers ?s) 1)))
    ; Zones that take traffic keep their load within 85 % of their capacity, unless it was above before.
    (always (forall (?z - zone) (or (zone-was-full ?z) (<= (zone-load ?z) (* 0.85 (zone-capacity ?z))))))
    ; Pods that lose their node have somewhere to go.
    (always (>= (schedulable-slots) 0))
    ; No plan asks for more pods than the quota admits.
    (always (>= (quota-left) 0))
    ; Services disrupted at once stay within the blast limit: wait for one rollout before too many others.
    (always (<= (rollouts) (blast-limit)))
    ; What the plan shed, it takes in again.
    (at end (forall (?s - service) (imply (limited ?s) (was-limited ?s))))
    ; What the plan cut off from its callers, it connects again.
    (at end (forall (?s - service) (imply (circuit-open ?s) (was-circuit-open ?s))))
    ; Roll-outs that the plan paused, it resumes.
    (at end (forall (?s - service) (imply (paused ?s) (was-paused ?s))))
    ; Nodes that the plan closed, it opens again.
    (at end (forall (?n - node) (imply (cordoned ?n) (was-cordoned ?n))))
    ; Zones that the plan emptied get their traffic back; one that is out does not count as shifted.
    (at end (forall (?z - zone) (imply (shifted ?z) (was-shifted ?z))))))

  ; ------------------------------------------------------------------------------------- releases and configuration

  ; Roll the deployment back to the previous version: the whole pod template, that is image, environment, probes,
  ; resources and placement rules, as they were. Does not touch config maps, secrets or flags outside of it.
  (:action rollback-deployment
    :parameters (?s - service)
    :precondition (and (rollback-available ?s) (not (paused ?s)) (not (controller-down ?s))
                       (not (admission-blocked ?s)) (>= (quota-left) 1))
    :effect (and (not (artifact-bad ?s)) (not (config-bad ?s)) (not (leak-growing ?s)) (not (unplaceable ?s))
                 (when (or (config-bad ?s) (artifact-bad ?s)) (not (capacity-short ?s)))
                 (when (and (not (route-wrong ?s)) (not (credential-bad ?s))) (not (process-stale ?s)))
                 (when (not (in-rollout ?s)) (and (in-rollout ?s) (increase (rollouts) 1)))
                 (increase (total-time) 60))) ; [apply] x 3 + [start] x 3, the previous image being cached

  ; Set the image to a known good digest, leaving the rest of the deployment as it is.
  (:action set-image
    :parameters (?s - service)
    :precondition (and (not (paused ?s)) (not (controller-down ?s)) (not (admission-blocked ?s)) (>= (quota-left) 1))
    :effect (and (not (artifact-bad ?s)) (not (leak-growing ?s))
                 (when (artifact-bad ?s) (not (capacity-short ?s)))
                 (when (and (not (route-wrong ?s)) (not (credential-bad ?s)) (not (config-bad ?s)))
                       (not (process-stale ?s)))
                 (when (not (in-rollout ?s)) (and (in-rollout ?s) (increase (rollouts) 1)))
                 (increase (total-time) 85))) ; [look] + [apply] x 2 + [pull] + [start] x 3

  ; Restore the configuration of a service to its last known good state, after suspending what keeps changing it.
  ; Running processes may need a restart to read it. Where a bad setting comes with a lack of room, or of capacity
  ; without a backlog, it is a resource setting of the deployment, which this does not touch.
  (:action restore-config
    :parameters (?s - service)
    :effect (and (when (and (not (actor-active ?s)) (not (unplaceable ?s))
                            (or (not (capacity-short ?s)) (work-backlogged ?s)))
                       (not (config-bad ?s)))
                 (increase (total-time) 10))) ; [apply] x 2

  ; Switch off the feature flag of a service. Consumers notice when they poll next.
  (:action disable-flag
    :parameters (?s - service)
    :effect (and (when (and (not (actor-active ?s)) (not (unplaceable ?s))
                            (or (not (capacity-short ?s)) (work-backlogged ?s)))
                       (not (config-bad ?s)))
                 (increase (total-time) 35))) ; [apply] + [poll]

  ; ------------------------------------------------------------------------------------------------------- restarts

  ; Restart the pods of a service one by one. Safe only when what a new pod needs is in order: configuration,
  ; credentials, quota and admission. Brings back a primary that has no replica, and lets go of the work that waits in
  ; memory once nothing feeds it any more.
  (:action rolling-restart
    :parameters (?s - service)
    :precondition (and (not (paused ?s)) (not (controller-down ?s)) (not (config-bad ?s)) (not (credential-bad ?s))
                       (not (admission-blocked ?s)) (not (unplaceable ?s)) (>= (quota-left) 1))
    :effect (and (when (and (not (route-wrong ?s)) (not (storage-unavailable ?s))) (not (process-stale ?s)))
                 (when (and (not (replicated ?s)) (not (storage-unavailable ?s)) (not (node-bad ?s)))
                       (not (primary-down ?s)))
                 (when (and (not (queue ?s)) (not (actor-active ?s)) (not (head-blocked ?s)))
                       (not (work-backlogged ?s)))
                 (when (not (in-rollout ?s)) (and (in-rollout ?s) (increase (rollouts) 1)))
                 (increase (total-time) 45))) ; [start] x 3

  ; Delete all pods of a service at once and let them come back. An outage for a service that still serves.
  (:action recreate-pods
    :parameters (?s - service)
    :precondition (and (not (paused ?s)) (not (controller-down ?s)) (not (config-bad ?s)) (not (credential-bad ?s))
                       (not (admission-blocked ?s)) (not (unplaceable ?s)) (>= (quota-left) 1))
    :effect (and (when (and (not (route-wrong ?s)) (not (storage-unavailable ?s))) (not (process-stale ?s)))
                 (when (and (not (replicated ?s)) (not (storage-unavailable ?s)) (not (node-bad ?s)))
                       (not (primary-down ?s)))
                 (when (and (not (queue ?s)) (not (actor-active ?s)) (not (head-blocked ?s)))
                       (not (work-backlogged ?s)))
                 (when (had-quorum ?s) (assign (ready ?s) 0))
                 (not (serving ?s))
                 (when (not (in-rollout ?s)) (and (in-rollout ?s) (increase (rollouts) 1)))
                 (increase (total-time) 45))) ; [grace] + [start]

  ; Wait until the rollout of a service is complete, its pods are ready, and what piled up behind a limit is worked off.
  (:action wait-ready
    :parameters (?s - service)
    :effect (and (when (in-rollout ?s) (and (not (in-rollout ?s)) (decrease (rollouts) 1)))
                 (when (had-quorum ?s) (assign (ready ?s) (baseline ?s)))
                 (when (and (or (limited ?s) (circuit-open ?s)) (not (config-bad ?s)) (not (actor-active ?s))
                            (not (head-blocked ?s)) (not (capacity-short ?s)))
                       (not (work-backlogged ?s)))
                 (increase (total-time) 15))) ; [start]

  ; Stop a roll-out that is under way, before it takes the next pod. Must be resumed before the incident ends.
  (:action pause-rollout
    :parameters (?s - service)
    :effect (and (paused ?s) (increase (total-time) 5))) ; [apply]

  ; Let a paused roll-out go on, once what it rolls out is right.
  (:action resume-rollout
    :parameters (?s - service)
    :precondition (and (paused ?s) (not (config-bad ?s)))
    :effect (and (not (paused ?s)) (increase (total-time) 5))) ; [apply]

  ; Restore the controller or operator of a service: its image, its role binding, its own settings. It then finishes what
  ; it had left half done.
  (:action restore-controller
    :parameters (?s - service)
    :effect (and (when (controller-down ?s) (not (head-blocked ?s)))
                 (not (controller-down ?s))
                 (increase (total-time) 35))) ; [look] + [apply] x 2 + [start]

  ; ------------------------------------------------------------------------------------------ capacity and placement

  ; Raise the replicas of a service: to its baseline when it is below, to twice as many when it is not. More pods of a
  ; release that burns its capacity, or with a limit that is too low, do not help; more workers work off a backlog that
  ; nothing feeds or blocks any more.
  (:action scale-out
    :parameters (?s - service)
    :precondition (and (not (controller-down ?s)) (not (admission-blocked ?s)) (not (unplaceable ?s))
                       (>= (schedulable-slots) 1))
    :effect (and (when (and (not (artifact-bad ?s)) (not (config-bad ?s))) (not (capacity-short ?s)))
                 (when (and (not (artifact-bad ?s)) (not (config-bad ?s)) (not (actor-active ?s))
                            (not (head-blocked ?s)))
                       (not (work-backlogged ?s)))
                 (when (< (desired ?s) (baseline ?s))
                       (and (assign (desired ?s) (baseline ?s))
                            (decrease (quota-left) (- (baseline ?s) (desired ?s)))
                            (decrease (schedulable-slots) (- (baseline ?s) (desired ?s)))))
                 (when (>= (desired ?s) (baseline ?s))
                       (and (increase (desired ?s) (desired ?s))
                            (decrease (quota-left) (desired ?s))
                            (decrease (schedulable-slots) (desired ?s))))
                 (increase (total-time) 20))) ; [apply] + [start]

  ; Return the replicas of a service to its baseline.
  (:action scale-in
    :parameters (?s - service)
    :precondition (> (desired ?s) (baseline ?s))
    :effect (and (assign (desired ?s) (baseline ?s))
                 (increase (quota-left) (- (desired ?s) (baseline ?s)))
                 (increase (schedulable-slots) (- (desired ?s) (baseline ?s)))
                 (increase (total-time) 35))) ; [apply] + [grace]

  ; Correct requests and limits of a service and roll it out. Cures a setting that is too large to place or too
  ; small to serve, and gives a leaking process of a sound release the room that it needs.
  (:action set-resources
    :parameters (?s - service)
    :precondition (and (not (paused ?s)) (not (controller-down ?s)) (not (admission-blocked ?s)) (>= (quota-left) 1))
    :effect (and (when (and (config-bad ?s) (or (unplaceable ?s) (capacity-short ?s)) (not (work-backlogged ?s)))
                       (and (not (config-bad ?s)) (not (unplaceable ?s))))
                 (when (>= (desired ?s) (baseline ?s)) (not (capacity-short ?s)))
                 (when (not (artifact-bad ?s)) (not (leak-growing ?s)))
                 (when (and (not (route-wrong ?s)) (not (credential-bad ?s))
                            (or (not (config-bad ?s)) (unplaceable ?s) (capacity-short ?s)))
                       (not (process-stale ?s)))
                 (when (not (in-rollout ?s)) (and (in-rollout ?s) (increase (rollouts) 1)))
                 (increase (total-time) 65))) ; [look] + [apply] x 2 + [start] x 3

  ; Correct node selector, affinity or tolerations of a service. Helps when there is room that its rules forbid, and not
  ; when a bad setting asks for more than any node has.
  (:action fix-placement
    :parameters (?s - service)
    :effect (and (when (and (>= (schedulable-slots) 1) (not (config-bad ?s))) (not (unplaceable ?s)))
                 (increase (total-time) 20))) ; [apply] + [start]

  ; Move the pods of a service to other nodes, one by one. A stateful service needs its old primary fenced or one of its
  ; nodes cordoned first, so that the old pod cannot come back beside the new one.
  (:action reschedule
    :parameters (?s - service)
    :precondition (and (not (paused ?s)) (not (controller-down ?s)) (not (config-bad ?s)) (not (credential-bad ?s))
                       (not (admission-blocked ?s)) (not (unplaceable ?s)) (>= (quota-left) 1)
                       (>= (schedulable-slots) 1)
                       (imply (stateful ?s)
                              (or (fenced ?s) (exists (?n - node) (and (hosts ?n ?s) (cordoned ?n))))))
    :effect (and (not (path-degraded ?s))
                 (when (and (not (route-wrong ?s)) (not (storage-unavailable ?s))) (not (process-stale ?s)))
                 (when (not (in-rollout ?s)) (and (in-rollout ?s) (increase (rollouts) 1)))
                 (increase (total-time) 60))) ; [start] x 3 + [apply] x 3

  ; Keep new pods off a node. Must be lifted before the incident ends.
  (:action cordon-node
    :parameters (?n - node)
    :effect (and (cordoned ?n)
                 (when (and (node-ready ?n) (not (cordoned ?n))) (decrease (schedulable-slots) (free-slots ?n)))
                 (increase (total-time) 5))) ; [apply]

  ; Let a node take new pods again, once it is in order. Pods that have been waiting for it are placed.
  (:action uncordon-node
    :parameters (?n - node)
    :precondition (and (node-ready ?n) (not (node-suspect ?n)))
    :effect (and (not (cordoned ?n))
                 (when (cordoned ?n)
                       (increase (schedulable-slots) (free-slots ?n)))
                 (when (and (cordoned ?n) (was-cordoned ?n))
                       (forall (?s - service) (when (not (config-bad ?s)) (not (unplaceable ?s)))))
                 (increase (total-time) 5))) ; [apply]

  ; Cordon a node and evict its pods. The other nodes must have room; a service whose pods are all there goes down. Off
  ; a node that does not answer, a stateful pod is moved only once its group's old primary is fenced: it may still write.
  (:action drain-node
    :parameters (?n - node)
    :precondition (and (forall (?s - service) (imply (hosts ?n ?s) (not (admission-blocked ?s))))
                       (or (node-ready ?n)
                           (forall (?s - service) (imply (and (hosts ?n ?s) (stateful ?s)) (fenced ?s)))))
    :effect (and (cordoned ?n)
                 (when (and (node-ready ?n) (not (cordoned ?n)))
                       (decrease (schedulable-slots) (+ (free-slots ?n) (pods ?n))))
                 (when (or (cordoned ?n) (not (node-ready ?n))) (decrease (schedulable-slots) (pods ?n)))
                 (increase (free-slots ?n) (pods ?n))
                 (assign (pods ?n) 0)
                 (forall (?s - service)
                   (when (hosts ?n ?s) (and (not (hosts ?n ?s)) (not (path-degraded ?s)))))
                 (forall (?s - service)
                   (when (and (hosts ?n ?s) (or (node-suspect ?n) (nodes-unremarkable)) (<= (suspect-hosts ?s) 1))
                         (not (node-bad ?s))))
                 (forall (?s - service)
                   (when (and (hosts ?n ?s) (node-suspect ?n)) (decrease (suspect-hosts ?s) 1)))
                 (forall (?s - service)
                   (when (and (hosts ?n ?s) (had-quorum ?s) (node-ready ?n)) (decrease (ready ?s) (pods-on ?n ?s))))
                 (forall (?s - service)
                   (when (hosts-all ?n ?s) (and (not (hosts-all ?n ?s)) (not (serving ?s)))))
                 (increase (total-time) 90))) ; [grace] + [start] x 4: a node carries several services

  ; Restart the agent of a node that the control plane finds wanting, after restoring its settings. Running pods stay.
  ; Does not help a clock.
  (:action restart-agent
    :parameters (?n - node)
    :effect (and (when (and (node-suspect ?n) (not (clock-off ?n)))
                       (and (not (node-suspect ?n)) (node-ready ?n)))
                 (forall (?z - zone)
                   (when (and (node-suspect ?n) (not (clock-off ?n)) (in-zone ?n ?z)) (not (zone-out ?z))))
                 (when (and (node-suspect ?n) (not (clock-off ?n)) (not (node-ready ?n)) (not (cordoned ?n)))
                       (increase (schedulable-slots) (free-slots ?n)))
                 (forall (?s - service)
                   (when (and (node-suspect ?n) (not (clock-off ?n)) (<= (suspect-hosts ?s) 1)
                              (or (hosts ?n ?s) (< (suspect-hosts ?s) 1)))
                         (not (node-bad ?s))))
                 (forall (?s - service)
                   (when (and (hosts ?n ?s) (node-suspect ?n) (not (clock-off ?n))) (decrease (suspect-hosts ?s) 1)))
                 (increase (total-time) 30))) ; [look] + [apply] + [start]

  ; Restore the time synchronisation of a node and step its clock. Helps a node whose clock is seen to be off.
  (:action sync-time
    :parameters (?n - node)
    :effect (and (when (clock-off ?n) (and (not (clock-off ?n)) (not (node-suspect ?n))))
                 (forall (?s - service)
                   (when (and (clock-off ?n) (<= (suspect-hosts ?s) 1)
                              (or (hosts ?n ?s) (< (suspect-hosts ?s) 1)))
                         (not (node-bad ?s))))
                 (forall (?s - service)
                   (when (and (hosts ?n ?s) (clock-off ?n)) (decrease (suspect-hosts ?s) 1)))
                 (increase (total-time) 10))) ; [apply] x 2

  ; Replace the machine under a node by a new one of the same size. The old one is switched off for good, which fences
  ; what ran there; its pods come back on the new one or elsewhere. A service whose pods are all there goes down.
  (:action replace-node
    :parameters (?n - node)
    :precondition (forall (?s - service) (imply (hosts ?n ?s) (not (admission-blocked ?s))))
    :effect (and (node-ready ?n) (not (cordoned ?n)) (not (node-suspect ?n)) (not (clock-off ?n))
                 (when (or (cordoned ?n) (not (node-ready ?n))) (increase (schedulable-slots) (free-slots ?n)))
                 (forall (?z - zone) (when (in-zone ?n ?z) (not (zone-out ?z))))
                 (forall (?s - service) (when (hosts ?n ?s) (not (path-degraded ?s))))
                 (forall (?s - service)
                   (when (and (<= (suspect-hosts ?s) 1)
                              (or (and (hosts ?n ?s) (or (node-suspect ?n) (nodes-unremarkable)))
                                  (and (node-suspect ?n) (< (suspect-hosts ?s) 1))))
                         (not (node-bad ?s))))
                 (forall (?s - service)
                   (when (and (hosts ?n ?s) (node-suspect ?n)) (decrease (suspect-hosts ?s) 1)))
                 (forall (?s - service)
                   (when (and (hosts ?n ?s) (had-quorum ?s) (node-ready ?n)) (decrease (ready ?s) (pods-on ?n ?s))))
                 (forall (?s - service)
                   (when (hosts-all ?n ?s) (and (not (hosts-all ?n ?s)) (not (serving ?s)))))
                 (increase (total-time) 120))) ; [grace] + [vm]

  ; Add a worker node of the usual size (room for eight pods). Helps pods that wait for room or ask for a lot.
  (:action add-node
    :parameters ()
    :effect (and (increase (schedulable-slots) 8)
                 (forall (?s - service)
                   (when (or (config-bad ?s) (< (schedulable-slots) 1)) (not (unplaceable ?s))))
                 (increase (total-time) 90))) ; [vm]

  ; Raise the pod quota of the namespace. Helps when the quota is what refuses pods, which the quota object shows.
  (:action raise-quota
    :parameters ()
    :effect (and (when (< (quota-left) 1) (forall (?s - service) (not (admission-blocked ?s))))
                 (increase (quota-left) 10)
                 (increase (total-time) 5))) ; [apply]

  ; Repair or remove the admission webhook or policy that refuses pods although the quota has room.
  (:action fix-admission
    :parameters ()
    :effect (and (when (>= (quota-left) 1) (forall (?s - service) (not (admission-blocked ?s))))
                 (increase (total-time) 15))) ; [apply] x 3

  ; Free addresses or enlarge the range that pods get theirs from. Helps when pods are refused although the quota has
  ; room.
  (:action expand-ip-pool
    :parameters ()
    :effect (and (when (>= (quota-left) 1) (forall (?s - service) (not (admission-blocked ?s))))
                 (increase (total-time) 15))) ; [apply] x 3

  ; -------------------------------------------------------------------------------------------- network and discovery

  ; Correct selector, port or endpoints of a service. Where clients are stale as well, it is name resolution that is
  ; broken, and where the writer has moved, it is the clients' address of it: endpoints are not the cause.
  (:action fix-route
    :parameters (?s - service)
    :effect (and (when (and (not (process-stale ?s)) (not (primary-down ?s)) (not (promoted ?s)))
                       (not (route-wrong ?s)))
                 (increase (total-time) 10))) ; [apply] x 2

  ; Revert the DNS configuration and restart the resolvers. Clients that cached a wrong answer need a restart after it.
  (:action fix-dns
    :parameters ()
    :effect (and (forall (?s - service)
                   (when (and (route-wrong ?s) (process-stale ?s)) (not (route-wrong ?s))))
                 (increase (total-time) 60))) ; [dns]

  ; Correct or delete the network policy that drops traffic of a service. No policy takes a primary down or addresses
  ; away: where those are missing as well, the route is.
  (:action fix-policy
    :parameters (?s - service)
    :effect (and (when (and (not (primary-down ?s)) (not (admission-blocked ?s))) (not (path-blocked ?s)))
                 (increase (total-time) 10))) ; [apply] x 2

  ; Restore the routes of the cluster: overlay, route reflector, or the link of nodes that were cut off. The model cannot
  ; tell a cut route from a closing policy.
  (:action restore-route
    :parameters ()
    :effect (and (forall (?s - service) (not (path-blocked ?s)))
                 (increase (total-time) 25))) ; [look] + [apply] x 3

  ; Take traffic and placement off a zone; the other zones carry its load. Helps services that suffer from the zone. Must
  ; be returned before the incident ends, unless the zone is out.
  (:action shift-zone
    :parameters (?z - zone)
    :precondition (and (not (shifted ?z)) (> (open-zones) 1))
    :effect (and (when (not (zone-out ?z)) (shifted ?z))
                 (decrease (open-zones) 1)
                 (forall (?other - zone)
                   (when (and (not (= ?other ?z)) (not (shifted ?other)))
                         (increase (zone-load ?other) (/ (zone-load ?z) (- (open-zones) 1)))))
                 (increase (zone-moved ?z) (zone-load ?z))
                 (assign (zone-load ?z) 0)
                 (forall (?s - service)
                   (when (and (zone-hosts ?z ?s) (zone-suspect ?z)) (and (not (node-bad ?s)) (not (path-blocked ?s)))))
                 (forall (?s - service) (when (zone-hosts-all ?z ?s) (not (serving ?s))))
                 (increase (total-time) 35))) ; [apply] + [lb]

  ; Give a zone its traffic back, once its nodes are in order.
  (:action return-zone
    :parameters (?z - zone)
    :precondition (and (shifted ?z) (forall (?n - node) (imply (in-zone ?n ?z) (not (node-suspect ?n)))))
    :effect (and (not (shifted ?z))
                 (increase (open-zones) 1)
                 (forall (?other - zone)
                   (when (and (not (= ?other ?z)) (not (shifted ?other)))
                         (decrease (zone-load ?other) (/ (zone-moved ?z) (open-zones)))))
                 (increase (zone-load ?z) (zone-moved ?z))
                 (assign (zone-moved ?z) 0)
                 (increase (total-time) 35))) ; [apply] + [lb]

  ; ------------------------------------------------------------------------------------------------------ credentials

  ; Restore the role or role binding that a service needs.
  (:action grant-role
    :parameters (?s - service)
    :effect (and (not (credential-bad ?s)) (increase (total-time) 35))) ; [apply] + [rbac]

  ; Synchronise the secret of a service with its source. Processes that read it at start need a restart afterwards.
  (:action sync-secret
    :parameters (?s - service)
    :effect (and (not (credential-bad ?s)) (increase (total-time) 15))) ; [apply] x 3

  ; Renew the certificate of a service. Processes that loaded the old one need a restart afterwards.
  (:action renew-certificate
    :parameters (?s - service)
    :effect (and (not (credential-bad ?s)) (increase (total-time) 50))) ; [apply] + [acme]

  ; ------------------------------------------------------------------------------------------------------ containment

  ; Suspend the job, experiment or neighbour that keeps disturbing a service, before repairing what it broke. Takes
  ; back the capacity that it consumed.
  (:action suspend-actor
    :parameters (?s - service)
    :effect (and (when (actor-active ?s) (not (capacity-short ?s)))
                 (not (actor-active ?s))
                 (increase (total-time) 5))) ; [apply]

  ; Shed load on the way into a service. What is shed fails for its users: lift it before the incident ends.
  (:action rate-limit
    :parameters (?s - service)
    :effect (and (limited ?s) (increase (total-time) 5))) ; [apply]

  ; Open the circuit to a service: its callers stop calling it and fall back or fail fast. Lift it before the incident
  ; ends.
  (:action break-circuit
    :parameters (?s - service)
    :effect (and (circuit-open ?s) (increase (total-time) 5))) ; [apply]

  ; Lift the rate limit of a service and close the circuit to it.
  (:action lift-limits
    :parameters (?s - service)
    :effect (and (not (limited ?s)) (not (circuit-open ?s)) (increase (total-time) 5))) ; [apply]

  ; --------------------------------------------------------------------------------------------- data, queues, caches

  ; Keep the old primary of a group from writing, after it has shipped what it can. A primary that still worked is down
  ; by it.
  (:action fence-primary
    :parameters (?s - service)
    :precondition (and (replicated ?s) (not (fenced ?s)))
    :effect (and (fenced ?s) (decrease (writers ?s) 1) (primary-down ?s) (assign (replica-lag ?s) 0)
                 (increase (total-time) 10))) ; [apply] x 2

  ; Make a replica the writer of its group. It must be ready and near enough to the primary that few writes are lost, and
  ; the old primary must be fenced.
  (:action promote-replica
    :parameters (?s - service)
    :precondition (and (has-replica ?s) (<= (replica-lag ?s) (lag-bound)) (not (controller-down ?s))
                       (not (storage-unavailable ?s)))
    :effect (and (not (primary-down ?s)) (promoted ?s) (increase (writers ?s) 1)
                 (increase (total-time) 35))) ; [failover]

  ; Point the clients of a group at its present writer.
  (:action repoint-clients
    :parameters (?s - service)
    :precondition (and (stateful ?s) (not (primary-down ?s)))
    :effect (and (when (not (process-stale ?s)) (not (route-wrong ?s)))
                 (increase (total-time) 20))) ; [apply] + [start]

  ; Build a replica anew from the primary, on a sound volume; a fenced old primary comes back as a replica. What was
  ; damaged in it is gone. Needs a working primary to copy from.
  (:action rebuild-replica
    :parameters (?s - service)
    :precondition (and (replicated ?s) (not (primary-down ?s)) (not (controller-down ?s))
                       (not (admission-blocked ?s)) (not (unplaceable ?s)))
    :effect (and (has-replica ?s) (not (fenced ?s)) (not (state-residue ?s)) (not (storage-unavailable ?s))
                 (assign (replica-lag ?s) 0)
                 (when (had-quorum ?s) (decrease (ready ?s) 1))
                 (increase (total-time) 130))) ; [copy] + [start] x 2

  ; Check that the backup of a service can be restored.
  (:action verify-backup
    :parameters (?s - service)
    :precondition (has-backup ?s)
    :effect (and (backup-verified ?s) (increase (total-time) 30))) ; [look] x 3

  ; Restore the data of a service from a verified backup. Writes since the backup are lost.
  (:action restore-backup
    :parameters (?s - service)
    :precondition (and (backup-verified ?s) (not (controller-down ?s)))
    :effect (and (not (state-residue ?s)) (not (storage-unavailable ?s))
                 (increase (total-time) 120))) ; [copy] + [apply] x 4

  ; Attach the volume of a service again. Does not help a volume whose blocks are bad.
  (:action reattach-volume
    :parameters (?s - service)
    :precondition (stateful ?s)
    :effect (and (when (not (state-residue ?s)) (not (storage-unavailable ?s)))
                 (increase (total-time) 35))) ; [apply] + [volume]

  ; Free space on the volume of a service or enlarge it, after suspending what fills it.
  (:action expand-volume
    :parameters (?s - service)
    :precondition (stateful ?s)
    :effect (and (when (and (not (state-residue ?s)) (not (actor-active ?s))) (not (storage-unavailable ?s)))
                 (increase (total-time) 40))) ; [look] + [volume]

  ; Kill the session of a database that holds what all others wait for, after suspending what opens it again.
  (:action kill-session
    :parameters (?s - service)
    :precondition (database ?s)
    :effect (and (when (and (not (actor-active ?s)) (not (controller-down ?s))) (not (head-blocked ?s)))
                 (increase (total-time) 15))) ; [look] + [apply]

  ; Move the record at the head of a queue that no consumer gets past to the dead letters.
  (:action skip-record
    :parameters (?s - service)
    :precondition (queue ?s)
    :effect (and (when (not (controller-down ?s)) (not (head-blocked ?s)))
                 (increase (total-time) 15))) ; [look] + [apply]

  ; Work off or park what waits at a service, once nothing feeds or blocks it any more.
  (:action drain-queue
    :parameters (?s - service)
    :effect (and (when (and (not (config-bad ?s)) (not (actor-active ?s)) (not (head-blocked ?s)))
                       (not (work-backlogged ?s)))
                 (increase (total-time) 60))) ; [scan]

  ; Fill a cache from its source before its callers do.
  (:action warm-cache
    :parameters (?s - service)
    :precondition (cache ?s)
    :effect (and (when (and (not (actor-active ?s)) (not (process-stale ?s))) (not (cache-cold ?s)))
                 (increase (total-time) 60))) ; [scan]

  ; Remove orphans and finish or undo what was left half done in the data of a service. Needs its storage.
  (:action reconcile-state
    :parameters (?s - service)
    :effect (and (when (and (not (storage-unavailable ?s)) (not (actor-active ?s))) (not (state-residue ?s)))
                 (increase (total-time) 60))) ; [scan]

  ; --------------------------------------------------------------------------------------------------------- the loop

  ; Look closely at a service. Changes nothing.
  (:action inspect
    :parameters (?s - service)
    :effect (increase (total-time) 10)) ; [look]

  ; Hand the incident to a human. Ends the attempt unresolved: no goal holds after it.
  (:action hand-over
    :parameters ()
    :effect (and (handed-over) (increase (total-time) 5)))) ; [apply]
