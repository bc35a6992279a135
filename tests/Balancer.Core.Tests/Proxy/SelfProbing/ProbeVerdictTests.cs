namespace Balancer.Proxy.SelfProbing;

public class ProbeVerdictTests
{
    private const long Timeout = 3000;

    private readonly ProbeVerdict _verdict = new();

    [Fact]
    public void It_fails_when_all_probes_of_a_timeout_were_not_answered()
    {
        _verdict.Answered();
        _verdict.Unanswered(0, 1000, Timeout);
        _verdict.Unanswered(1000, 2000, Timeout);
        Assert.True(_verdict.Serves);
        _verdict.Unanswered(2000, 3000, Timeout);
        Assert.False(_verdict.Serves);
    }

    [Fact]
    public void Probes_refused_at_once_fail_it_no_sooner()
    {
        _verdict.Answered();
        for (var i = 0; i < 30; i++)
        {
            _verdict.Unanswered(i * 100, (i * 100) + 1, Timeout);
        }

        Assert.True(_verdict.Serves);
        _verdict.Unanswered(3000, 3001, Timeout);
        Assert.False(_verdict.Serves);
    }

    [Fact]
    public void A_single_probe_that_took_for_ever_is_not_enough()
    {
        // The process was stopped meanwhile.
        _verdict.Answered();
        _verdict.Unanswered(0, 60_000, Timeout);
        Assert.True(_verdict.Serves);
    }

    [Fact]
    public void An_answer_in_between_begins_anew()
    {
        _verdict.Answered();
        _verdict.Unanswered(0, 1000, Timeout);
        _verdict.Unanswered(1000, 2000, Timeout);
        _verdict.Answered();
        _verdict.Unanswered(3000, 4000, Timeout);
        _verdict.Unanswered(4000, 5000, Timeout);
        Assert.True(_verdict.Serves);
    }

    [Fact]
    public void It_is_back_after_three_answers_in_a_row()
    {
        Fail();
        _verdict.Answered();
        _verdict.Answered();
        _verdict.Unanswered(9000, 9100, Timeout);
        _verdict.Answered();
        _verdict.Answered();
        Assert.False(_verdict.Serves);
        _verdict.Answered();
        Assert.True(_verdict.Serves);
    }

    [Fact]
    public void What_never_answered_is_not_known_to_fail()
    {
        for (var i = 0; i < 100; i++)
        {
            _verdict.Unanswered(i * 1000, (i + 1) * 1000, Timeout);
        }

        Assert.True(_verdict.Serves);
        Assert.False(_verdict.IsProved);
    }

    [Fact]
    public void An_address_that_went_to_the_other_gateway_does_not_fail()
    {
        Fail();
        _verdict.Forget();
        Assert.True(_verdict.Serves);
    }

    private void Fail()
    {
        _verdict.Answered();
        _verdict.Unanswered(0, 1000, Timeout);
        _verdict.Unanswered(1000, 2000, Timeout);
        _verdict.Unanswered(2000, 3000, Timeout);
        Assert.False(_verdict.Serves);
    }
}
