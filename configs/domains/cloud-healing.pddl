; cloud-healing: what PASE believes about recovering a cloud.
;
; This is the planner's and the verifier's MODEL of operations, written from operational practice. It is
; deliberately not the cloud: it knows nothing of cold caches, back-off delays, load dynamics, relapses, of the kind
; of a bad configuration or credential, or of facts that were observed wrongly (docs/domain.md lists the omissions).
;
; Reading guide
;   * A roll-out of a release or of resources replaces pods one by one and stops at the first that does not come up, so
;     it needs admission and quota only. A restart is asked for because pods are to be replaced whatever their state:
;     it needs configuration, credentials and placement in order as well.
;   * The twelve predicates under "conditions" are hidden: a hypothesis sets them. Everything else is inventory,
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
;   [look]    A person or a model reading a dashboard: 10 s (assumption).

(define (domain cloud-healing)
  (:requirements :strips :typing :negative-preconditions :disjunctive-preconditions :equality
                 :existential-preconditions :universal-preconditions :conditional-effects :numeric-fluents
                 :action-costs :constraints)

  (:types service node)

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
    (path-blocked ?s - service)       ; a network policy drops its traffic
    (path-degraded ?s - service)      ; its network path is slow or lossy
    (credential-bad ?s - service)     ; secret, certificate or role is not accepted
    (leak-growing ?s - service)       ; memory grows without bound

    ; --- inventory: what the control plane shows for free
    (serving ?s - service)            ; at least one ready pod
    (was-serving ?s - service)        ; snapshot of serving at the start of the plan
    (stateful ?s - service)
    (rollback-available ?s - service) ; a previous version is kept
    (limited ?s - service)            ; a rate limit is in force on the way in
    (in-rollout ?s - service)         ; pods of the service are being replaced by this plan
    (hosts ?n - node ?s - service)    ; at least one pod of the service is on the node
    (hosts-all ?n - node ?s - service) ; every pod of the service is on the node
    (node-ready ?n - node)
    (cordoned ?n - node)
    (was-cordoned ?n - node)          ; snapshot of cordoned at the start of the plan
    (handed-over))                    ; a human has the incident: no plan of ours resolves it any more

  (:functions
    (desired ?s - service)            ; replicas asked for
    (ready ?s - service)              ; replicas ready at the start of the plan
    (baseline ?s - service)           ; replicas of a normal day
    (free-slots ?n - node)            ; pods that still fit on the node
    (pods ?n - node)                  ; pods on the node
    (schedulable-slots)               ; free slots on all ready nodes that are not cordoned
    (quota-left)                      ; pods that the namespace quota still admits
    (rollouts)                        ; services whose pods this plan is replacing at this moment
    (blast-limit)                     ; services that may be disrupted at once
    (total-time))

  (:constraints (and
    ; What was serving keeps at least one ready pod.
    (always (forall (?s - service) (imply (was-serving ?s) (serving ?s))))
    ; Pods that lose their node have somewhere to go.
    (always (>= (schedulable-slots) 0))
    ; No plan asks for more pods than the quota admits.
    (always (>= (quota-left) 0))
    ; Services disrupted at once stay within the blast limit: wait for one rollout before too many others.
    (always (<= (rollouts) (blast-limit)))))

  ; ------------------------------------------------------------------------------------- releases and configuration

  ; Roll the deployment back to the previous version: the whole pod template, that is image, environment, probes,
  ; resources and placement rules, as they were. Does not touch config maps, secrets or flags outside of it.
  (:action rollback-deployment
    :parameters (?s - service)
    :precondition (and (rollback-available ?s) (not (admission-blocked ?s)) (>= (quota-left) 1))
    :effect (and (not (artifact-bad ?s)) (not (config-bad ?s)) (not (leak-growing ?s)) (not (unplaceable ?s))
                 (when (or (config-bad ?s) (artifact-bad ?s)) (not (capacity-short ?s)))
                 (when (and (not (route-wrong ?s)) (not (credential-bad ?s))) (not (process-stale ?s)))
                 (when (not (in-rollout ?s)) (and (in-rollout ?s) (increase (rollouts) 1)))
                 (increase (total-time) 60))) ; [apply] x 3 + [start] x 3, the previous image being cached

  ; Set the image to a known good digest, leaving the rest of the deployment as it is.
  (:action set-image
    :parameters (?s - service)
    :precondition (and (not (admission-blocked ?s)) (>= (quota-left) 1))
    :effect (and (not (artifact-bad ?s)) (not (leak-growing ?s))
                 (when (artifact-bad ?s) (not (capacity-short ?s)))
                 (when (and (not (route-wrong ?s)) (not (credential-bad ?s)) (not (config-bad ?s)))
                       (not (process-stale ?s)))
                 (when (not (in-rollout ?s)) (and (in-rollout ?s) (increase (rollouts) 1)))
                 (increase (total-time) 85))) ; [look] + [apply] x 2 + [pull] + [start] x 3

  ; Restore the configuration of a service to its last known good state, after suspending what keeps changing it.
  ; Running processes may need a restart to read it. Where a bad setting comes with a lack of room or capacity, it is
  ; a resource setting of the deployment, which this does not touch.
  (:action restore-config
    :parameters (?s - service)
    :effect (and (when (not (or (actor-active ?s) (unplaceable ?s) (capacity-short ?s))) (not (config-bad ?s)))
                 (increase (total-time) 10))) ; [apply] x 2

  ; Switch off the feature flag of a service. Consumers notice when they poll next.
  (:action disable-flag
    :parameters (?s - service)
    :effect (and (when (not (or (actor-active ?s) (unplaceable ?s) (capacity-short ?s))) (not (config-bad ?s)))
                 (increase (total-time) 35))) ; [apply] + [poll]

  ; ------------------------------------------------------------------------------------------------------- restarts

  ; Restart the pods of a service one by one. Safe only when what a new pod needs is in order: configuration,
  ; credentials, quota and admission.
  (:action rolling-restart
    :parameters (?s - service)
    :precondition (and (not (config-bad ?s)) (not (credential-bad ?s)) (not (admission-blocked ?s))
                       (not (unplaceable ?s)) (>= (quota-left) 1))
    :effect (and (when (not (route-wrong ?s)) (not (process-stale ?s)))
                 (when (not (in-rollout ?s)) (and (in-rollout ?s) (increase (rollouts) 1)))
                 (increase (total-time) 45))) ; [start] x 3

  ; Delete all pods of a service at once and let them come back. An outage for a service that still serves.
  (:action recreate-pods
    :parameters (?s - service)
    :precondition (and (not (config-bad ?s)) (not (credential-bad ?s)) (not (admission-blocked ?s))
                       (not (unplaceable ?s)) (>= (quota-left) 1))
    :effect (and (when (not (route-wrong ?s)) (not (process-stale ?s)))
                 (not (serving ?s))
                 (when (not (in-rollout ?s)) (and (in-rollout ?s) (increase (rollouts) 1)))
                 (increase (total-time) 45))) ; [grace] + [start]

  ; Wait until the rollout of a service is complete and its pods are ready.
  (:action wait-ready
    :parameters (?s - service)
    :effect (and (when (in-rollout ?s) (and (not (in-rollout ?s)) (decrease (rollouts) 1)))
                 (increase (total-time) 15))) ; [start]

  ; ------------------------------------------------------------------------------------------ capacity and placement

  ; Raise the replicas of a service: to its baseline when it is below, to twice as many when it is not. More pods of a
  ; release that burns its capacity, or with a limit that is too low, do not help.
  (:action scale-out
    :parameters (?s - service)
    :precondition (and (not (admission-blocked ?s)) (not (unplaceable ?s)) (>= (schedulable-slots) 1))
    :effect (and (when (and (not (artifact-bad ?s)) (not (config-bad ?s))) (not (capacity-short ?s)))
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
    :precondition (and (not (admission-blocked ?s)) (>= (quota-left) 1))
    :effect (and (when (and (config-bad ?s) (or (unplaceable ?s) (capacity-short ?s)))
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

  ; Move the pods of a service to other nodes, one by one. A stateful service needs one of its nodes cordoned first,
  ; so that the old pod cannot come back beside the new one.
  (:action reschedule
    :parameters (?s - service)
    :precondition (and (not (config-bad ?s)) (not (credential-bad ?s)) (not (admission-blocked ?s))
                       (not (unplaceable ?s)) (>= (quota-left) 1) (>= (schedulable-slots) 1)
                       (imply (stateful ?s) (exists (?n - node) (and (hosts ?n ?s) (cordoned ?n)))))
    :effect (and (not (path-degraded ?s))
                 (when (not (route-wrong ?s)) (not (process-stale ?s)))
                 (when (not (in-rollout ?s)) (and (in-rollout ?s) (increase (rollouts) 1)))
                 (increase (total-time) 60))) ; [start] x 3 + [apply] x 3

  ; Keep new pods off a node. Must be lifted before the incident ends.
  (:action cordon-node
    :parameters (?n - node)
    :precondition (node-ready ?n)
    :effect (and (cordoned ?n)
                 (when (not (cordoned ?n)) (decrease (schedulable-slots) (free-slots ?n)))
                 (increase (total-time) 5))) ; [apply]

  ; Let a node take new pods again. Pods that have been waiting for it are placed.
  (:action uncordon-node
    :parameters (?n - node)
    :precondition (node-ready ?n)
    :effect (and (not (cordoned ?n))
                 (when (cordoned ?n)
                       (increase (schedulable-slots) (free-slots ?n)))
                 (when (and (cordoned ?n) (was-cordoned ?n))
                       (forall (?s - service) (when (not (config-bad ?s)) (not (unplaceable ?s)))))
                 (increase (total-time) 5))) ; [apply]

  ; Cordon a node and evict its pods. The other nodes must have room; a service whose pods are all there goes down.
  (:action drain-node
    :parameters (?n - node)
    :precondition (and (node-ready ?n)
                       (forall (?s - service) (imply (hosts ?n ?s) (not (admission-blocked ?s)))))
    :effect (and (cordoned ?n)
                 (when (not (cordoned ?n)) (decrease (schedulable-slots) (+ (free-slots ?n) (pods ?n))))
                 (when (cordoned ?n) (decrease (schedulable-slots) (pods ?n)))
                 (increase (free-slots ?n) (pods ?n))
                 (assign (pods ?n) 0)
                 (forall (?s - service)
                   (when (hosts ?n ?s) (and (not (hosts ?n ?s)) (not (path-degraded ?s)))))
                 (forall (?s - service)
                   (when (hosts-all ?n ?s) (and (not (hosts-all ?n ?s)) (not (serving ?s)))))
                 (increase (total-time) 90))) ; [grace] + [start] x 4: a node carries several services

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

  ; -------------------------------------------------------------------------------------------- network and discovery

  ; Correct selector, port or endpoints of a service. Where clients are stale as well, it is name resolution that is
  ; broken, and endpoints are not the cause.
  (:action fix-route
    :parameters (?s - service)
    :effect (and (when (not (process-stale ?s)) (not (route-wrong ?s)))
                 (increase (total-time) 10))) ; [apply] x 2

  ; Revert the DNS configuration and restart the resolvers. Clients that cached a wrong answer need a restart after it.
  (:action fix-dns
    :parameters ()
    :effect (and (forall (?s - service)
                   (when (and (route-wrong ?s) (process-stale ?s)) (not (route-wrong ?s))))
                 (increase (total-time) 60))) ; [dns]

  ; Correct or delete the network policy that drops traffic of a service.
  (:action fix-policy
    :parameters (?s - service)
    :effect (and (not (path-blocked ?s)) (increase (total-time) 10))) ; [apply] x 2

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

  ; Lift the rate limit of a service.
  (:action lift-limits
    :parameters (?s - service)
    :effect (and (not (limited ?s)) (increase (total-time) 5))) ; [apply]

  ; Look closely at a service. Changes nothing.
  (:action inspect
    :parameters (?s - service)
    :effect (increase (total-time) 10)) ; [look]

  ; Hand the incident to a human. Ends the attempt unresolved: no goal holds after it.
  (:action hand-over
    :parameters ()
    :effect (and (handed-over) (increase (total-time) 5)))) ; [apply]
